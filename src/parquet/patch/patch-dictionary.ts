import type { LeafShape, PatchCompression } from "./patch-wire.js";
import { pageBytes, pageMemory } from "./page-body.js";
import type { DictionaryPageHeader } from "./page-header.js";
import type { FreshValues } from "./fresh-values.js";
import { LENGTH_BYTES, readValues, valueEnd, valueKey, writeLength, type ValueList } from "./value-list.js";

/** A chunk's dictionary with the new values added that it lacked. */
export interface PatchedDictionary {
  readonly values: ValueList;
  readonly count: number;
  /** The entry of each new value. */
  readonly entries: Int32Array;
  /** The page as it is now, uncompressed; absent when nothing was added. */
  readonly page: Uint8Array | undefined;
}

/** `undefined` when the page is damaged. */
export function patchDictionary(
  stored: Uint8Array,
  header: DictionaryPageHeader,
  { shape, compression }: { readonly shape: LeafShape; readonly compression: PatchCompression },
  fresh: FreshValues | undefined,
): PatchedDictionary | undefined {
  const { size, valueCount: count } = header;
  const body = pageBytes(stored, size, compression, pageMemory.dictionary);
  const values = body && readValues(body, 0, size, count, shape);
  if (body === undefined || values === undefined) return undefined;
  const entries = new Int32Array(fresh?.count ?? 0);
  if (fresh === undefined || fresh.count === 0) return { values, count, entries, page: undefined };
  const known = new Map<string, number>();
  for (let entry = 0; entry < count; entry++) known.set(valueKey(values, entry), entry);
  const added: number[] = [];
  for (let value = 0; value < fresh.count; value++) {
    const key = valueKey(fresh.values, value);
    let entry = known.get(key);
    if (entry === undefined) {
      entry = count + added.length;
      known.set(key, entry);
      added.push(value);
    }
    entries[value] = entry;
  }
  if (added.length === 0) return { values, count, entries, page: undefined };
  const page = extended(body.subarray(0, size), fresh.values, added);
  const all = readValues(page, 0, page.length, count + added.length, shape);
  return all && { values: all, count: count + added.length, entries, page };
}

function extended(page: Uint8Array, values: ValueList, added: readonly number[]): Uint8Array {
  const { bytes, offsets, gap } = values;
  const sizes = added.reduce((sum, value) => sum + gap + valueEnd(values, value) - (offsets[value] as number), 0);
  const out = new Uint8Array(page.length + sizes);
  out.set(page);
  let at = page.length;
  for (const value of added) {
    const start = offsets[value] as number;
    const end = valueEnd(values, value);
    if (gap === LENGTH_BYTES) writeLength(end - start, out, at);
    out.set(bytes.subarray(start, end), at + gap);
    at += gap + end - start;
  }
  return out;
}
