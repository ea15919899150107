import type { Extremes } from "../extremes.js";
import { levelsSizeMax, pageBytes, pageMemory, readLevels, storedBytes, writeLevels } from "../page-body.js";
import { editNumbers, editPage, type EditTarget, type PageEdit } from "../page-edit.js";
import type { DataPageHeader } from "../page-header.js";
import type { PageChangeSet } from "../patch-chunk.js";
import type { LeafShape, PatchCompression, ValueSummary } from "../patch-wire.js";

/** What pages of one column chunk are patched with. */
export interface PageKit {
  readonly shape: LeafShape;
  readonly compression: PatchCompression;
  /** Takes the values that a page is left with. */
  readonly extremes: Extremes;
}

/** A page taken apart. */
export interface OpenPage {
  /** As it was stored. */
  readonly stored: Uint8Array;
  readonly body: Uint8Array;
  /** Bytes of `body` that count. */
  readonly size: number;
  readonly rowCount: number;
  /** Absent where no row is null. */
  readonly levels: Int32Array | undefined;
  /** Where its values begin. */
  readonly first: number;
  readonly valueCount: number;
  readonly changes: PageChangeSet;
}

export interface PatchedPage {
  readonly rowCount: number;
  /** Uncompressed. */
  readonly size: number;
  /** Valid until the next page is patched. */
  readonly stored: Uint8Array;
  readonly summary: ValueSummary;
}

/** `undefined` when the page is damaged. */
export function openPage(
  stored: Uint8Array,
  { size, valueCount: rowCount }: DataPageHeader,
  changes: PageChangeSet,
  { shape, compression }: PageKit,
): OpenPage | undefined {
  const body = pageBytes(stored, size, compression, pageMemory.body);
  const found = body && (shape.isOptional ? readLevels(body, size, rowCount) : { levels: undefined, end: 0 });
  if (body === undefined || found === undefined) return undefined;
  const { levels, end: first } = found;
  const valueCount = levels === undefined ? rowCount : levels.reduce((sum, level) => sum + level, 0);
  return { stored, body, size, rowCount, levels, first, valueCount, changes };
}

const NO_ROWS = new Int32Array(0);

/** What becomes of the page's rows. */
export function editOf({ rowCount, levels, changes }: OpenPage): PageEdit {
  return editPage(rowCount, levels, { ...changes, valueOf: changes.fresh?.valueOf ?? NO_ROWS });
}

/** The page's values after its changes, where values are numbers: `fresh[i]` is that of the new value i. */
export function editedNumbers(page: OpenPage, numbers: Int32Array, fresh: Int32Array): readonly [PageEdit, Int32Array] {
  const edit = editOf(page);
  return [edit, editNumbers(numbers, edit, fresh, pageMemory.fresh.take(edit.valueCount))];
}

/** Room for the new page: its levels are written, and `sizeMax` bytes of values may follow from `start`. */
export function beginPage(edit: PageEdit, sizeMax: number, { shape }: PageKit): EditTarget {
  const out = pageMemory.edited.take(levelsSizeMax(edit.rowCount) + sizeMax);
  return { out, start: shape.isOptional ? writeLevels(edit.levels, edit.rowCount, out) : 0 };
}

/** The new page whose values end at `size`. */
export function endPage(page: OpenPage, edit: PageEdit, out: Uint8Array, size: number, { compression }: PageKit): EncodedPage {
  const stored = storedBytes(out, size, compression, pageMemory.packed, page.stored.length / page.size);
  return { rowCount: edit.rowCount, size, stored };
}

export type EncodedPage = Omit<PatchedPage, "summary">;
