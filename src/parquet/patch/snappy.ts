/**
 * Snappy's block format, in place of a library: pages are taken apart and put together where no codec instance is at hand.
 *
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */

/** What incompressible bytes can grow to. */
export function maxCompressedSize(size: number): number {
  return 32 + size + Math.ceil(size / 6);
}

/** The size of what `bytes` decompress to, and where their elements begin; `undefined` for no snappy. */
function readPreamble(bytes: Uint8Array): { readonly size: number; readonly start: number } | undefined {
  let size = 0;
  for (let at = 0; at < 5; at++) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    size += (byte & 127) * 2 ** (7 * at);
    if (byte < 128) return { size, start: at + 1 };
  }
  return undefined;
}

/** Decompresses into the first bytes of `out`: the count, or -1 when the bytes are damaged or are not exactly `size` bytes. */
export function decompressSnappy(bytes: Uint8Array, out: Uint8Array, size: number): number {
  const preamble = readPreamble(bytes);
  if (preamble?.size !== size || size > out.length) return -1;
  const end = bytes.length;
  let at = preamble.start;
  let to = 0;
  while (at < end) {
    const tag = bytes[at++] as number;
    if ((tag & 3) === 0) {
      let length = tag >> 2;
      if (length >= 60) {
        const extra = length - 59;
        length = littleEndian(bytes, at, extra);
        at += extra;
      }
      length++;
      if (at + length > end || to + length > size) return -1;
      copyLiteral(bytes, at, out, to, length);
      at += length;
      to += length;
      continue;
    }
    const length = (tag & 3) === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    const extra = copyExtra(tag);
    const offset = (tag & 3) === 1 ? ((tag >> 5) << 8) | (bytes[at] as number) : littleEndian(bytes, at, extra);
    at += extra;
    if (offset === 0 || offset > to || to + length > size || at > end) return -1;
    // Byte by byte: source and target overlap where a pattern repeats.
    for (let from = to - offset, stop = to + length; to < stop;) out[to++] = out[from++] as number;
  }
  return to === size ? size : -1;
}

/** Bytes of a copy's offset that follow its tag, or the high byte's rest. */
function copyExtra(tag: number): number {
  const kind = tag & 3;
  return kind === 3 ? 4 : kind;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] as number);
  return value;
}

function copyLiteral(from: Uint8Array, at: number, out: Uint8Array, to: number, length: number): void {
  if (length > 32) out.set(from.subarray(at, at + length), to);
  else for (let i = 0; i < length; i++) out[to + i] = from[at + i] as number;
}

/** Copies reach back this far at most: each block is compressed for itself. */
const BLOCK_BYTES = 1 << 16;
const HASH_BITS = 14;
/** Less is not worth looking for copies in. */
const BLOCK_MARGIN = 15;

const positions = new Uint16Array(1 << HASH_BITS);

/** Compresses the first `size` bytes of `input` into `out` from `start`, where `maxCompressedSize(size)` bytes are free. Gives where it ends. */
export function compressSnappy(input: Uint8Array, size: number, out: Uint8Array, start: number): number {
  let at = writePreamble(size, out, start);
  for (let from = 0; from < size; from += BLOCK_BYTES) at = compressBlock(input, from, Math.min(size, from + BLOCK_BYTES), out, at);
  return at;
}

function writePreamble(size: number, out: Uint8Array, start: number): number {
  let at = start;
  let rest = size;
  for (; rest > 127; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 128;
  out[at++] = rest;
  return at;
}

function load(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
}

function hash(word: number): number {
  return Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
}

function compressBlock(input: Uint8Array, base: number, end: number, out: Uint8Array, start: number): number {
  let at = start;
  let pending = base;
  const limit = end - BLOCK_MARGIN;
  if (limit > base) {
    positions.fill(0);
    let from = base + 1;
    let skip = 32;
    while (from <= limit) {
      const word = load(input, from);
      const slot = hash(word);
      const candidate = base + (positions[slot] as number);
      positions[slot] = from - base;
      if (candidate >= from || load(input, candidate) !== word) {
        // The longer nothing is found, the fewer places are tried: bytes without copies pass quickly.
        from += skip++ >> 5;
        continue;
      }
      let length = 4;
      while (from + length < end && input[candidate + length] === input[from + length]) length++;
      at = writeLiteral(input, pending, from, out, at);
      at = writeCopy(from - candidate, length, out, at);
      from += length;
      pending = from;
      skip = 32;
    }
  }
  return writeLiteral(input, pending, end, out, at);
}

function writeLiteral(input: Uint8Array, from: number, end: number, out: Uint8Array, start: number): number {
  const length = end - from;
  if (length === 0) return start;
  let at = start;
  const count = length - 1;
  if (count < 60) {
    out[at++] = count << 2;
  } else if (count < 256) {
    out[at++] = 60 << 2;
    out[at++] = count;
  } else if (count < 65536) {
    out[at++] = 61 << 2;
    out[at++] = count & 255;
    out[at++] = count >> 8;
  } else {
    out[at++] = 62 << 2;
    out[at++] = count & 255;
    out[at++] = (count >> 8) & 255;
    out[at++] = count >> 16;
  }
  copyLiteral(input, from, out, at, length);
  return at + length;
}

function writeCopy(offset: number, total: number, out: Uint8Array, start: number): number {
  let at = start;
  let length = total;
  while (length > 0) {
    // What is left over after a copy of 64 bytes has at least 4, so that it can be a short copy.
    const part = length > 64 && length < 68 ? 60 : Math.min(length, 64);
    if (part >= 4 && part < 12 && offset < 2048) {
      out[at++] = 1 | ((part - 4) << 2) | ((offset >> 8) << 5);
      out[at++] = offset & 255;
    } else {
      out[at++] = 2 | ((part - 1) << 2);
      out[at++] = offset & 255;
      out[at++] = offset >> 8;
    }
    length -= part;
  }
  return at;
}

/** A page before and after some stretches of it were replaced. */
export interface SplicedBytes {
  /** As it was, compressed; known to be sound. */
  readonly stored: Uint8Array;
  readonly old: Uint8Array;
  readonly fresh: Uint8Array;
  /** Bytes of `fresh` that count. */
  readonly size: number;
  /** Fours `oldStart, oldEnd, freshStart, freshEnd`, ascending: what lies between them is the same in both. */
  readonly edits: Int32Array;
}

/** What `spliceSnappy` can need at most. */
export function splicedSizeMax({ stored, size, edits }: SplicedBytes): number {
  return 64 + stored.length + 2 * size + 4 * edits.length;
}

/**
 * Compresses `fresh` into `out`; gives where it ends. Elements that have nothing to do with the edits are taken over from the old
 * page, which spares looking for copies anew; where an edit has grown or shrunk what lies between a copy and its source, its offset is
 * put right.
 */
export function spliceSnappy({ stored, old, fresh, size, edits }: SplicedBytes, out: Uint8Array): number {
  let at = writePreamble(size, out, 0);
  let from = readPreamble(stored)?.start ?? 0;
  let taken = from;
  let to = 0;
  /** The edit that is not past yet, and whether its fresh bytes are written. */
  let edit = 0;
  let isWritten = false;

  const takeOver = (until: number): void => {
    copyLiteral(stored, taken, out, at, until - taken);
    at += until - taken;
  };
  const writeFresh = (): void => {
    if (!isWritten) at = writeLiteral(fresh, edits[edit + 2] as number, edits[edit + 3] as number, out, at);
    isWritten = true;
  };
  /** Old bytes `[to, stop)` with the edits that begin among them. */
  const writeEdited = (stop: number): void => {
    for (let position = to; position < stop;) {
      const start = edit < edits.length ? (edits[edit] as number) : stop;
      if (start > position) {
        const end = Math.min(start, stop);
        at = writeLiteral(old, position, end, out, at);
        position = end;
        continue;
      }
      writeFresh();
      const end = edits[edit + 1] as number;
      position = Math.max(position, Math.min(end, stop));
      if (end > position) continue;
      edit += 4;
      isWritten = false;
    }
  };

  while (from < stored.length) {
    const element = from;
    const tag = stored[from++] as number;
    const kind = tag & 3;
    let length = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    let offset = 0;
    if (kind === 0) {
      if (length > 60) {
        const extra = length - 60;
        length = littleEndian(stored, from, extra) + 1;
        from += extra;
      }
      from += length;
    } else {
      offset = kind === 1 ? ((tag >> 5) << 8) | (stored[from] as number) : littleEndian(stored, from, copyExtra(tag));
      from += copyExtra(tag);
    }
    if (edit < edits.length && (edits[edit] as number) < to + length) {
      takeOver(element);
      writeEdited(to + length);
      taken = from;
    } else if (kind !== 0 && edit > 0 && (edits[edit - 3] as number) > to - offset) {
      const moved = movedOffset(edits, edit, to - offset, Math.min(to, to - offset + length));
      if (moved !== 0) {
        takeOver(element);
        const wanted = offset + moved;
        at = wanted > 0 && wanted < BLOCK_BYTES ? writeCopy(wanted, length, out, at) : writeLiteral(old, to, to + length, out, at);
        taken = from;
      }
    }
    to += length;
  }
  takeOver(stored.length);
  for (; edit < edits.length; edit += 4) {
    writeFresh();
    isWritten = false;
  }
  return at;
}

/** By how much the edits before `edit` have grown what lies behind `start`; -Infinity when one of them begins before `end`. */
function movedOffset(edits: Int32Array, edit: number, start: number, end: number): number {
  let moved = 0;
  for (let each = edit - 4; each >= 0; each -= 4) {
    const [oldStart, oldEnd] = [edits[each] as number, edits[each + 1] as number];
    if (oldEnd <= start) break;
    if (oldStart < end) return -Infinity;
    moved += (edits[each + 3] as number) - (edits[each + 2] as number) - (oldEnd - oldStart);
  }
  return moved;
}
