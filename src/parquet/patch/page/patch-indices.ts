import { decodeHybrid, encodeHybrid, HYBRID_BITS_MAX, hybridSizeMax } from "../hybrid.js";
import { pageMemory } from "../page-body.js";
import type { PatchedDictionary } from "../patch-dictionary.js";
import { beginPage, editedNumbers, endPage, type OpenPage, type PageKit, type PatchedPage } from "./open-page.js";

/** A page of indices into a dictionary. `undefined` when it is damaged. */
export function patchIndices(page: OpenPage, dictionary: PatchedDictionary, kit: PageKit): PatchedPage | undefined {
  const { body, first, size, rowCount, valueCount, changes, stored } = page;
  const indices = pageMemory.old.take(valueCount);
  const bits = first < size ? (body[first] as number) : 0;
  if (bits > HYBRID_BITS_MAX || (valueCount > 0 && !decodeHybrid(body, first + 1, size, bits, indices))) return undefined;
  const [edit, numbers] = editedNumbers(page, indices, dictionary.entries);
  const greatest = noteEntries(numbers, dictionary, kit);
  const summary = kit.extremes.take(edit.rowCount - edit.valueCount);
  if (greatest >= dictionary.count) return undefined;
  if (changes.rows.length === 0) return { rowCount, size, stored, summary };
  const width = Math.max(1, 32 - Math.clz32(Math.max(0, greatest)));
  if (width > HYBRID_BITS_MAX) return undefined;
  const { out, start } = beginPage(edit, hybridSizeMax(numbers.length, width) + 1, kit);
  out[start] = width;
  return { ...endPage(page, edit, out, encodeHybrid(numbers, width, out, start + 1), kit), summary };
}

/** Gives every entry that is used to the extremes, once; and the greatest of their numbers, -1 for none. */
function noteEntries(numbers: Int32Array, { values, count }: PatchedDictionary, { extremes }: PageKit): number {
  const isUsed = new Uint8Array(count);
  let greatest = -1;
  for (let i = 0; i < numbers.length; i++) {
    const entry = numbers[i] as number;
    if (entry > greatest) greatest = entry;
    if (entry >= count || isUsed[entry] === 1) continue;
    isUsed[entry] = 1;
    extremes.add(values.bytes, values.offsets[entry] as number, (values.offsets[entry + 1] as number) - values.gap);
  }
  return greatest;
}
