import type { Extremes } from "../extremes.js";
import { decodeHybrid, encodeHybrid, HYBRID_BITS_MAX, hybridSizeMax } from "../hybrid.js";
import { pageMemory } from "../page-body.js";
import type { PatchedDictionary } from "../patch-dictionary.js";
import { editedNumbers, encodePage, type OpenPage, type PageKit, type PatchedPage } from "./open-page.js";

/** Patches pages of indices into a dictionary. `undefined` when a page is damaged. */
export type IndexPatcher = (page: OpenPage, dictionary: PatchedDictionary) => PatchedPage | undefined;

export function createIndexPatcher(kit: PageKit): IndexPatcher {
  const noteEntries = createEntryNotes(kit.extremes);
  return (page, dictionary) => {
    const { body, first, size, rowCount, valueCount, changes, stored } = page;
    const indices = pageMemory.old.take(valueCount);
    const bits = first < size ? (body[first] as number) : 0;
    if (bits > HYBRID_BITS_MAX || (valueCount > 0 && !decodeHybrid(body, first + 1, size, bits, indices))) return undefined;
    const [edit, numbers] = editedNumbers(page, indices, dictionary.entries);
    const greatest = noteEntries(numbers, dictionary);
    const summary = kit.extremes.take(edit.rowCount - edit.valueCount);
    if (greatest >= dictionary.count) return undefined;
    if (changes.rows.length === 0) return { rowCount, size, stored, summary };
    const width = Math.max(1, 32 - Math.clz32(Math.max(0, greatest)));
    if (width > HYBRID_BITS_MAX) return undefined;
    const encoded = encodePage(page, edit, hybridSizeMax(numbers.length, width) + 1, kit, (out, start) => {
      out[start] = width;
      return encodeHybrid(numbers, width, out, start + 1);
    });
    return encoded && { ...encoded, summary };
  };
}

/** Gives every entry that is used to the extremes, once; and the greatest of their numbers, -1 for none. */
function createEntryNotes(extremes: Extremes): (numbers: Int32Array, dictionary: PatchedDictionary) => number {
  /** The page that has used each entry last. */
  let usedBy = new Int32Array(0);
  let page = 0;
  return (numbers, { values, count }) => {
    if (usedBy.length < count) usedBy = new Int32Array(count);
    page++;
    let greatest = -1;
    for (let i = 0; i < numbers.length; i++) {
      const entry = numbers[i] as number;
      if (entry > greatest) greatest = entry;
      if (usedBy[entry] === page || entry >= count) continue;
      usedBy[entry] = page;
      extremes.add(values.bytes, values.offsets[entry] as number, (values.offsets[entry + 1] as number) - values.gap);
    }
    return greatest;
  };
}
