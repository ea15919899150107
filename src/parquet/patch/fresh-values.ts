import type { ColumnMetadata } from "../metadata/file-metadata.js";
import { createScratch, pageBytes, readLevels } from "./page-body.js";
import { encodings, readPageHeader } from "./page-header.js";
import type { LeafShape } from "./patch-wire.js";
import { readValues, type ValueList } from "./value-list.js";

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
  const bytes = new Uint8Array(lists.reduce((sum, list) => sum + bytesOf(list).length, 0));
  let at = 0;
  let value = 0;
  for (const list of lists) {
    const own = bytesOf(list);
    bytes.set(own, at);
    const shift = at + gap - (list.offsets[0] as number);
    for (let i = 0; i + 1 < list.offsets.length; i++) offsets[value++] = (list.offsets[i] as number) + shift;
    at += own.length;
  }
  offsets[count] = at + gap;
  return { bytes, offsets, gap };
}

/** All its values, with the bytes between them. */
function bytesOf({ bytes, offsets, gap }: ValueList): Uint8Array {
  return bytes.subarray((offsets[0] as number) - gap, (offsets[offsets.length - 1] as number) - gap);
}
