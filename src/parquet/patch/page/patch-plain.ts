import type { Extremes } from "../extremes.js";
import { editBytes, editFixed } from "../page-edit.js";
import type { LeafShape, ValueSummary } from "../patch-wire.js";
import { LENGTH_BYTES, readLength, type ValueList } from "../value-list.js";
import { editOf, encodePage, type OpenPage, type PageKit, type PatchedPage } from "./open-page.js";

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
  const encoded = encodePage(page, edit, size + freshSize(values), kit, (out, start) =>
    width > 0
      ? editFixed(body, { first, width }, edit, values, { out, start })
      : editBytes(body, { first, end: size }, edit, values, { out, start }),
  );
  if (encoded === undefined) return undefined;
  const nullCount = edit.rowCount - edit.valueCount;
  const kept = { first: encoded.first, end: encoded.size, count: edit.valueCount, nullCount };
  const summary = summarize(encoded.body, kept, shape, extremes);
  return summary && { ...encoded, summary };
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
