import { copyExtra, copyLiteral, littleEndian, readPreamble } from "./elements.js";

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
