import { BLOCK_BYTES, copyExtra, copyLiteral, littleEndian, readPreamble, writeCopy, writeLiteral, writePreamble } from "./elements.js";

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
export function spliceSnappy(spliced: SplicedBytes, out: Uint8Array): number {
  const { stored } = spliced;
  const start = readPreamble(stored)?.start ?? 0;
  const splice = openSplice(spliced, out, start);
  const element: Element = { offset: 0, length: 0, end: 0 };
  for (let from = start; from < stored.length; from = element.end) {
    readElement(stored, from, element);
    splice.pass(from, element);
  }
  return splice.finish();
}

/** One element of the old page, read again and again into the same object: there are as many as values. */
interface Element {
  /** How far back a copy begins; 0 for a literal. */
  offset: number;
  /** Bytes that it stands for. */
  length: number;
  /** Where it ends in the compressed page. */
  end: number;
}

function readElement(stored: Uint8Array, from: number, element: Element): void {
  const tag = stored[from] as number;
  const kind = tag & 3;
  const at = from + 1;
  if (kind !== 0) {
    element.length = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    element.offset = kind === 1 ? ((tag >> 5) << 8) | (stored[at] as number) : littleEndian(stored, at, copyExtra(tag));
    element.end = at + copyExtra(tag);
    return;
  }
  const extra = Math.max(0, (tag >> 2) - 59);
  element.offset = 0;
  element.length = 1 + (extra === 0 ? tag >> 2 : littleEndian(stored, at, extra));
  element.end = at + extra + element.length;
}

/** The new page while the elements of the old one pass by. */
interface Splice {
  /** Called for each element, with where it begins. */
  pass(from: number, element: Element): void;
  /** Gives where the new page ends. */
  finish(): number;
}

function openSplice({ stored, old, fresh, size, edits }: SplicedBytes, out: Uint8Array, first: number): Splice {
  let at = writePreamble(size, out, 0);
  /** Up to where the old page is taken over or replaced, compressed and not. */
  let taken = first;
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
  const nextEdit = (): void => {
    edit += 4;
    isWritten = false;
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
      if (end <= position) nextEdit();
    }
  };
  return {
    pass: (from, { offset, length, end }) => {
      if (edit < edits.length && (edits[edit] as number) < to + length) {
        takeOver(from);
        writeEdited(to + length);
        taken = end;
      } else if (offset > 0 && edit > 0 && (edits[edit - 3] as number) > to - offset) {
        const moved = movedOffset(edits, edit, to - offset, Math.min(to, to - offset + length));
        if (moved !== 0) {
          takeOver(from);
          const wanted = offset + moved;
          at = wanted > 0 && wanted < BLOCK_BYTES ? writeCopy(wanted, length, out, at) : writeLiteral(old, to, to + length, out, at);
          taken = end;
        }
      }
      to += length;
    },
    finish: () => {
      takeOver(stored.length);
      for (; edit < edits.length; nextEdit()) writeFresh();
      return at;
    },
  };
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
