import { toArrowType } from "../schema/arrow-mapping.js";
import type { DataType } from "../schema/types.js";
import type { Column } from "./column.js";
import { growableInts, reserveInts } from "./growable-ints.js";
import { collectKeyBounds, type KeyBounds } from "./key-bounds.js";
import { createKeyEncoder } from "./key-encoder.js";
import { createWordTable } from "./word-table.js";

export interface KeySpec {
  readonly type: DataType;
  /** `<=>`: null matches null. Otherwise (`=`) a row with a null in this key matches nothing. */
  readonly nullSafe: boolean;
}

/** Pairs of rows with equal keys, by ascending probe row, then ascending build row. */
export interface KeyMatches {
  readonly probeRows: Int32Array;
  readonly buildRows: Int32Array;
}

/**
 * A hash table on one or more key columns, for joins. Rows are numbered in the order in which they are added.
 *
 * Equality is Spark's: NaN = NaN, -0.0 = 0.0, strings and binaries by bytes. Keys are compared as words; no row makes an object.
 */
export interface KeyTable {
  /** Rows added, those with a null key included. */
  readonly rowCount: number;
  readonly distinctKeys: number;
  /** Memory the table holds beside the batches, whose rows it does not keep. */
  readonly bytes: number;
  /** One column per key, of the key's Arrow mapping. */
  add(columns: readonly Column[], length: number): void;
  /** All pairs of a probe row and a build row with the same key. */
  probe(columns: readonly Column[], length: number): KeyMatches;
  /** The number of the distinct key that each probe row has, -1 for none: the cheap half of `probe`. */
  keyOf(columns: readonly Column[], length: number): Int32Array;
  /** One byte per probe row, 1 where some build row has its key. */
  matchesAny(columns: readonly Column[], length: number): Uint8Array;
  /** Bounds of the values added for key `index`. */
  keyBounds(index: number): KeyBounds;
}

export function createKeyTable(keys: readonly KeySpec[]): KeyTable {
  const encoder = createKeyEncoder(keys.map(({ type, nullSafe }) => ({ type: toArrowType(type), nullSafe })));
  const table = createWordTable(encoder.width);
  const bounds = keys.map(({ type }) => collectKeyBounds(type));
  const rows = createRowChains();

  const keyOf = (columns: readonly Column[], length: number): Int32Array => {
    const { words, skip } = encoder.encodeKnown(columns, length);
    return table.find(words, length, skip);
  };
  return {
    get rowCount() {
      return rows.rowCount;
    },
    get distinctKeys() {
      return table.size;
    },
    get bytes() {
      return table.bytes + encoder.bytes + rows.bytes;
    },
    add: (columns, length) => {
      const { words, skip } = encoder.encode(columns, length);
      rows.add(table.insert(words, length, skip), table.size);
      columns.forEach((column, index) => bounds[index]?.add(column));
    },
    probe: (columns, length) => rows.pairs(keyOf(columns, length)),
    keyOf,
    matchesAny: (columns, length) => Uint8Array.from(keyOf(columns, length), (key) => Number(key >= 0)),
    keyBounds: (index) =>
      bounds[index]?.bounds() ?? { type: { kind: "void" }, min: undefined, max: undefined, hasNull: false, distinct: [] },
  };
}

/** The whole table at once. */
export function buildKeyTable(keys: readonly KeySpec[], columns: readonly Column[], length: number): KeyTable {
  const table = createKeyTable(keys);
  table.add(columns, length);
  return table;
}

interface RowChains {
  readonly rowCount: number;
  readonly bytes: number;
  /** The next rows, each with the number of its key (-1: none). */
  add(keys: Int32Array, keyCount: number): void;
  pairs(keys: Int32Array): KeyMatches;
}

/** The rows of each key as chains in one array, in the order in which they were added. */
function createRowChains(): RowChains {
  const first = growableInts();
  const last = growableInts();
  const next = growableInts();
  let hasRepeats = false;
  return {
    get rowCount() {
      return next.length;
    },
    get bytes() {
      return (first.array.length + last.array.length + next.array.length) * 4;
    },
    add: (keys, keyCount) => {
      const known = first.length;
      for (const list of [first, last]) {
        reserveInts(list, keyCount - known);
        list.array.fill(-1, known, keyCount);
        list.length = keyCount;
      }
      reserveInts(next, keys.length);
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i] as number;
        const row = next.length++;
        next.array[row] = -1;
        if (key < 0) continue;
        const previous = last.array[key] as number;
        if (previous < 0) {
          first.array[key] = row;
        } else {
          next.array[previous] = row;
          hasRepeats = true;
        }
        last.array[key] = row;
      }
    },
    pairs: (keys) => (hasRepeats ? pairChains(keys, first.array, next.array) : pairFirst(keys, first.array)),
  };
}

function pairFirst(keys: Int32Array, first: Int32Array): KeyMatches {
  let count = 0;
  for (let row = 0; row < keys.length; row++) if ((keys[row] as number) >= 0) count++;
  const probeRows = new Int32Array(count);
  const buildRows = new Int32Array(count);
  let at = 0;
  for (let row = 0; row < keys.length; row++) {
    const key = keys[row] as number;
    if (key < 0) continue;
    probeRows[at] = row;
    buildRows[at++] = first[key] as number;
  }
  return { probeRows, buildRows };
}

function pairChains(keys: Int32Array, first: Int32Array, next: Int32Array): KeyMatches {
  const probeRows = growableInts(keys.length);
  const buildRows = growableInts(keys.length);
  for (let row = 0; row < keys.length; row++) {
    const key = keys[row] as number;
    if (key < 0) continue;
    for (let buildRow = first[key] as number; buildRow >= 0; buildRow = next[buildRow] as number) {
      reserveInts(probeRows, 1);
      reserveInts(buildRows, 1);
      probeRows.array[probeRows.length++] = row;
      buildRows.array[buildRows.length++] = buildRow;
    }
  }
  return { probeRows: probeRows.array.subarray(0, probeRows.length), buildRows: buildRows.array.subarray(0, buildRows.length) };
}
