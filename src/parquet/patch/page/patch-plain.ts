import type { Extremes } from "../extremes.js";
import { editBytes, editFixed } from "../page-edit.js";
import type { LeafShape, ValueSummary } from "../patch-wire.js";
import { LENGTH_BYTES, readLength, type ValueList } from "../value-list.js";
import { beginPage, editOf, endPage, type OpenPage, type PageKit, type PatchedPage } from "./open-page.js";

const NO_VALUES: ValueList = { bytes: new Uint8Array(0), offsets: new Int32Array(1), gap: 0 };

/** A page in plain encoding, of anything but booleans: stretches between changed values are copied. `undefined` when it is damaged. */
export function patchPlain(page: OpenPage, kit: PageKit): PatchedPage | undefined {
  const { stored, body, size, first, rowCount, changes, valueCount } = page;
  const { shape, extremes } = kit;
  const { width } = shape;
  if (changes.rows.length === 0) {
    const summary = summarize(body, { first, end: size, count: valueCount, nullCount: rowCount - valueCount }, shape, extremes);
    return summary && { rowCount, size, stored, summary };
  }
  if (width > 0 && first + valueCount * width !== size) return undefined;
  const values = changes.fresh?.values ?? NO_VALUES;
  const edit = editOf(page);
  const target = beginPage(edit, size + freshSize(values), kit);
  const end =
    width > 0 ? editFixed(body, { first, width }, edit, values, target) : editBytes(body, { first, end: size }, edit, values, target);
  if (end < 0) return undefined;
  const { out, start } = target;
  const nullCount = edit.rowCount - edit.valueCount;
  const summary = summarize(out, { first: start, end, count: edit.valueCount, nullCount }, shape, extremes);
  return summary && { ...endPage(page, edit, out, end, kit), summary };
}

interface PlainValues {
  readonly first: number;
  readonly end: number;
  readonly count: number;
  /** Rows without a value. */
  readonly nullCount: number;
}

/** `undefined` when the values do not end where the page does. */
function summarize(
  page: Uint8Array,
  { first, end, count, nullCount }: PlainValues,
  { width, order }: LeafShape,
  extremes: Extremes,
): ValueSummary | undefined {
  if (width === 0) {
    let at = first;
    for (let value = 0; value < count; value++) {
      const start = at + LENGTH_BYTES;
      if (start > end) return undefined;
      at = start + readLength(page, at);
      if (at > end) return undefined;
      extremes.add(page, start, at);
    }
    if (at !== end) return undefined;
  } else if (first + count * width !== end) {
    return undefined;
  } else if (order === "bytes" || order === "signed-bytes") {
    for (let at = first; at < end; at += width) extremes.add(page, at, at + width);
  } else {
    extremes.scan(page, first, count);
  }
  return extremes.take(nullCount);
}

/** Bytes that all new values take with their lengths. */
function freshSize({ offsets }: ValueList): number {
  return (offsets[offsets.length - 1] as number) - (offsets[0] as number) + LENGTH_BYTES;
}
