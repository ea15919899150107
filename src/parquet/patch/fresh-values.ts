import type { ColumnMetadata } from "../metadata/file-metadata.js";
import { createScratch, pageBytes, readLevels } from "./page-body.js";
import { encodings, readPageHeader } from "./page-header.js";
import type { LeafShape } from "./patch-wire.js";
import { valueEnd, readValues, LENGTH_BYTES, type ValueList } from "./value-list.js";

/** The new values of one column. */
export interface FreshValues {
  /** Those that are not null. */
  readonly values: ValueList;
  readonly count: number;
  /** The value of each row, -1 for a null. */
  readonly valueOf: Int32Array;
}

/** Reads a column chunk that is uncompressed and plain, its pages of version 1; `undefined` when it is anything else. */
export function readFreshValues(file: Uint8Array, metadata: ColumnMetadata, shape: LeafShape): FreshValues | undefined {
  const end = metadata.dataPageOffset + metadata.compressedSize;
  const valueOf = new Int32Array(metadata.valueCount);
  const lists: ValueList[] = [];
  let count = 0;
  let row = 0;
  for (let position = metadata.dataPageOffset; row < metadata.valueCount;) {
    const header = position < end ? readPageHeader(file, position, "new values") : undefined;
    if (header?.kind !== "data" || header.encoding !== encodings.plain) return undefined;
    const stored = file.subarray(header.end, header.end + header.compressedSize);
    const body = pageBytes(stored, header.size, "uncompressed", createScratch());
    if (body === undefined) return undefined;
    const levels = shape.isOptional ? readLevels(body, header.size, header.valueCount) : { levels: undefined, end: 0 };
    if (levels === undefined) return undefined;
    const before = count;
    for (let i = 0; i < header.valueCount; i++) valueOf[row + i] = (levels.levels?.[i] ?? 1) === 0 ? -1 : count++;
    const list = readValues(body, levels.end, header.size, count - before, shape);
    if (list === undefined) return undefined;
    lists.push(list);
    row += header.valueCount;
    position = header.end + header.compressedSize;
  }
  return { values: joinLists(lists, count), count, valueOf };
}

function joinLists(lists: readonly ValueList[], count: number): ValueList {
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return only;
  const gap = lists[0]?.gap ?? 0;
  const offsets = new Int32Array(count + 1);
  const size = lists.reduce((sum, { bytes }) => sum + bytes.length + LENGTH_BYTES, 0);
  const bytes = new Uint8Array(size);
  let at = 0;
  let value = 0;
  for (const list of lists) {
    for (let i = 0; i + 1 < list.offsets.length; i++) {
      const start = list.offsets[i] as number;
      const end = valueEnd(list, i);
      bytes.set(list.bytes.subarray(start, end), at + gap);
      offsets[value++] = at + gap;
      at += gap + end - start;
    }
  }
  offsets[count] = at + gap;
  return { bytes, offsets, gap };
}
