import { growableInts } from "../../columnar/growable-ints.js";
import type { Extremes } from "./extremes.js";
import { decodeHybrid, encodeHybrid, HYBRID_BITS_MAX, hybridSizeMax } from "./hybrid.js";
import { levelsSizeMax, pageBytes, pageMemory, readLevels, storedBytes, writeLevels } from "./page-body.js";
import { editBytes, editFixed, editNumbers, editPage, type PageEdit } from "./page-edit.js";
import { encodings, type DataPageHeader } from "./page-header.js";
import type { PageChangeSet } from "./patch-chunk.js";
import type { PatchedDictionary } from "./patch-dictionary.js";
import type { LeafShape, PatchCompression, ValueSummary } from "./patch-wire.js";
import { spliceSnappy, splicedSizeMax } from "./snappy.js";
import { LENGTH_BYTES, readLength, type ValueList } from "./value-list.js";

export interface PatchedPage {
  readonly rowCount: number;
  /** Uncompressed. */
  readonly size: number;
  /** Valid until the next page is patched. */
  readonly stored: Uint8Array;
  readonly summary: ValueSummary;
}

export interface PagePatcher {
  /** `undefined` when the page is damaged, or of a kind that is not patched. */
  patch(
    stored: Uint8Array,
    header: DataPageHeader,
    changes: PageChangeSet,
    dictionary: PatchedDictionary | undefined,
  ): PatchedPage | undefined;
}

/** A page taken apart. */
interface OpenPage {
  readonly stored: Uint8Array;
  readonly body: Uint8Array;
  readonly size: number;
  readonly rowCount: number;
  readonly levels: Int32Array | undefined;
  /** Where its values begin. */
  readonly first: number;
  readonly valueCount: number;
  readonly changes: PageChangeSet;
}

const NO_VALUES: ValueList = { bytes: new Uint8Array(0), offsets: new Int32Array(1), gap: 0 };
const NO_ROWS = new Int32Array(0);
const { body: bodies, edited, packed, fresh: numberMemory } = pageMemory;

export function createPagePatcher(shape: LeafShape, compression: PatchCompression, extremes: Extremes): PagePatcher {
  let stamps = new Int32Array(0);
  let stamp = 0;

  const pack = (body: Uint8Array, size: number): Uint8Array => storedBytes(body, size, compression, packed);

  /** `undefined` when lengths do not end where the values do. */
  function summarize(page: Uint8Array, first: number, end: number, count: number, nullCount: number): ValueSummary | undefined {
    const { width, order } = shape;
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

  function patchPlain(page: OpenPage): PatchedPage | undefined {
    const { stored, body, size, first, rowCount, levels, changes, valueCount } = page;
    const { width, isOptional } = shape;
    if (changes.rows.length === 0) {
      const summary = summarize(body, first, size, valueCount, rowCount - valueCount);
      return summary && { rowCount, size, stored, summary };
    }
    if (width > 0 && first + valueCount * width !== size) return undefined;
    const values = changes.fresh?.values ?? NO_VALUES;
    const edit = editPage(rowCount, levels, { ...changes, valueOf: changes.fresh?.valueOf ?? NO_ROWS });
    const out = edited.take(levelsSizeMax(edit.rowCount) + size + freshSize(values));
    const start = isOptional ? writeLevels(edit.levels, edit.rowCount, out) : 0;
    const edits = growableInts(4 * changes.rows.length + 8);
    if (isOptional) edits.array.set([0, first, 0, start], (edits.length += 4) - 4);
    const target = { out, start, edits };
    const end =
      width > 0
        ? editFixed(body, { first, count: valueCount, width }, edit, values, target)
        : editBytes(body, { first, end: size }, edit, values, target);
    const summary = end < 0 ? undefined : summarize(out, start, end, edit.valueCount, edit.rowCount - edit.valueCount);
    if (summary === undefined) return undefined;
    const patched = { rowCount: edit.rowCount, size: end, summary };
    if (compression === "uncompressed") return { ...patched, stored: out.subarray(0, end) };
    const spliced = { stored, old: body, fresh: out, size: end, edits: edits.array.subarray(0, edits.length) };
    const room = packed.take(splicedSizeMax(spliced));
    return { ...patched, stored: room.subarray(0, spliceSnappy(spliced, room)) };
  }

  /** `fresh[i]` is the number of the new value i. */
  function editedNumbers({ rowCount, levels, changes }: OpenPage, numbers: Int32Array, fresh: Int32Array): [PageEdit, Int32Array] {
    const edit = editPage(rowCount, levels, { ...changes, valueOf: changes.fresh?.valueOf ?? NO_ROWS });
    return [edit, editNumbers(numbers, edit, fresh, numberMemory.take(edit.valueCount))];
  }

  function patchBooleans(page: OpenPage): PatchedPage | undefined {
    const { body, first, size, rowCount, valueCount, changes, stored } = page;
    if (first + ((valueCount + 7) >> 3) > size) return undefined;
    const old = pageMemory.old.take(valueCount);
    for (let i = 0; i < valueCount; i++) old[i] = ((body[first + (i >> 3)] as number) >> (i & 7)) & 1;
    const [edit, numbers] = editedNumbers(page, old, Int32Array.from(changes.fresh?.values.bytes ?? []));
    for (const value of [0, 1]) if (numbers.includes(value)) extremes.add(Uint8Array.of(value), 0, 1);
    const summary = extremes.take(edit.rowCount - edit.valueCount);
    if (changes.rows.length === 0) return { rowCount, size, stored, summary };
    const out = edited.take(levelsSizeMax(edit.rowCount) + numbers.length);
    const start = shape.isOptional ? writeLevels(edit.levels, edit.rowCount, out) : 0;
    const end = start + ((numbers.length + 7) >> 3);
    out.fill(0, start, end);
    for (let i = 0; i < numbers.length; i++) {
      const at = start + (i >> 3);
      out[at] = (out[at] as number) | ((numbers[i] as number) << (i & 7));
    }
    return { rowCount: edit.rowCount, size: end, stored: pack(out, end), summary };
  }

  function patchIndices(page: OpenPage, dictionary: PatchedDictionary): PatchedPage | undefined {
    const { body, first, size, valueCount, changes } = page;
    const indices = pageMemory.old.take(valueCount);
    const bits = first < size ? (body[first] as number) : 0;
    if (bits > HYBRID_BITS_MAX || (valueCount > 0 && !decodeHybrid(body, first + 1, size, bits, indices))) return undefined;
    const [edit, numbers] = editedNumbers(page, indices, dictionary.entries);
    const greatest = noteEntries(numbers, dictionary);
    const summary = extremes.take(edit.rowCount - edit.valueCount);
    if (greatest >= dictionary.count) return undefined;
    if (changes.rows.length === 0) return { rowCount: edit.rowCount, size, stored: page.stored, summary };
    const width = Math.max(1, 32 - Math.clz32(Math.max(0, greatest)));
    if (width > HYBRID_BITS_MAX) return undefined;
    const out = edited.take(levelsSizeMax(edit.rowCount) + hybridSizeMax(numbers.length, width) + 1);
    const start = shape.isOptional ? writeLevels(edit.levels, edit.rowCount, out) : 0;
    out[start] = width;
    const end = encodeHybrid(numbers, width, out, start + 1);
    return { rowCount: edit.rowCount, size: end, stored: pack(out, end), summary };
  }

  /** Gives every entry that is used to the extremes, once; and the greatest of their numbers, -1 for none. */
  function noteEntries(numbers: Int32Array, { values, count }: PatchedDictionary): number {
    if (stamps.length < count) stamps = new Int32Array(count);
    stamp++;
    let greatest = -1;
    for (let i = 0; i < numbers.length; i++) {
      const entry = numbers[i] as number;
      if (entry > greatest) greatest = entry;
      if (stamps[entry] === stamp || entry >= count) continue;
      stamps[entry] = stamp;
      extremes.add(values.bytes, values.offsets[entry] as number, (values.offsets[entry + 1] as number) - values.gap);
    }
    return greatest;
  }

  return {
    patch: (stored, { size, valueCount: rowCount, encoding }, changes, dictionary) => {
      const body = pageBytes(stored, size, compression, bodies);
      const found = body && (shape.isOptional ? readLevels(body, size, rowCount) : { levels: undefined, end: 0 });
      if (body === undefined || found === undefined) return undefined;
      const { levels, end: first } = found;
      const valueCount = levels === undefined ? rowCount : levels.reduce((sum, level) => sum + level, 0);
      const page: OpenPage = { stored, body, size, rowCount, levels, first, valueCount, changes };
      if (encoding === encodings.plain) return shape.physicalType === "BOOLEAN" ? patchBooleans(page) : patchPlain(page);
      const usesDictionary = encoding === encodings.rleDictionary || encoding === encodings.plainDictionary;
      return usesDictionary && dictionary !== undefined ? patchIndices(page, dictionary) : undefined;
    },
  };
}

/** Bytes that all new values take with their lengths. */
function freshSize({ offsets }: ValueList): number {
  return (offsets[offsets.length - 1] as number) - (offsets[0] as number) + LENGTH_BYTES;
}
