import { pageMemory } from "../page-body.js";
import { beginPage, editedNumbers, endPage, type OpenPage, type PageKit, type PatchedPage } from "./open-page.js";

/** A page of booleans in plain encoding: a bit each. `undefined` when it is damaged. */
export function patchBooleans(page: OpenPage, kit: PageKit): PatchedPage | undefined {
  const { body, first, size, rowCount, valueCount, changes, stored } = page;
  if (first + ((valueCount + 7) >> 3) > size) return undefined;
  const old = pageMemory.old.take(valueCount);
  unpackBits(body, first, old);
  const [edit, numbers] = editedNumbers(page, old, Int32Array.from(changes.fresh?.values.bytes ?? []));
  for (const value of [0, 1]) if (numbers.includes(value)) kit.extremes.add(Uint8Array.of(value), 0, 1);
  const summary = kit.extremes.take(edit.rowCount - edit.valueCount);
  if (changes.rows.length === 0) return { rowCount, size, stored, summary };
  const { out, start } = beginPage(edit, numbers.length, kit);
  return { ...endPage(page, edit, out, packBits(numbers, out, start), kit), summary };
}

function unpackBits(bytes: Uint8Array, start: number, out: Int32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = ((bytes[start + (i >> 3)] as number) >> (i & 7)) & 1;
}

function packBits(bits: Int32Array, out: Uint8Array, start: number): number {
  const end = start + ((bits.length + 7) >> 3);
  out.fill(0, start, end);
  for (let i = 0; i < bits.length; i++) {
    const at = start + (i >> 3);
    out[at] = (out[at] as number) | ((bits[i] as number) << (i & 7));
  }
  return end;
}
