import { Data, Type } from "apache-arrow";
import fc from "fast-check";
import type { Column } from "../../src/columnar/column.js";
import { toArrowType } from "../../src/schema/arrow-mapping.js";
import type { DataType } from "../../src/schema/types.js";

/** A cell in plain JavaScript: flat values as `Value`, binary as hex after "x", maps as lists of pairs, structs as lists of cells. */
export type Cell = null | boolean | number | bigint | string | readonly Cell[];

const plain = (kind: "int" | "string"): DataType => ({ kind });

export const flatTypes: readonly DataType[] = [
  ...(
    ["byte", "short", "int", "long", "float", "double", "string", "binary", "boolean", "date", "timestamp", "timestamp_ntz"] as const
  ).map((kind): DataType => ({ kind })),
  { kind: "decimal", precision: 38, scale: 4 },
];

export const nestedTypes: readonly DataType[] = [
  { kind: "void" },
  { kind: "array", element: plain("string"), containsNull: true },
  { kind: "array", element: { kind: "array", element: plain("int"), containsNull: true }, containsNull: true },
  { kind: "map", key: plain("string"), value: plain("int"), valueContainsNull: true },
  {
    kind: "struct",
    fields: [
      { name: "a", type: plain("int"), nullable: true, metadata: {} },
      { name: "b", type: { kind: "array", element: { kind: "boolean" }, containsNull: true }, nullable: true, metadata: {} },
      {
        name: "c",
        type: { kind: "struct", fields: [{ name: "d", type: { kind: "long" }, nullable: true, metadata: {} }] },
        nullable: true,
        metadata: {},
      },
    ],
  },
];

/** Cells of a type; few distinct ones, so that equal keys occur, and the difficult ones often. */
export function cellArbitrary(type: DataType, nulls = true): fc.Arbitrary<Cell> {
  const some = valueArbitrary(type);
  return nulls ? fc.oneof({ weight: 5, arbitrary: some }, { weight: 1, arbitrary: fc.constant<Cell>(null) }) : some;
}

function valueArbitrary(type: DataType): fc.Arbitrary<Cell> {
  switch (type.kind) {
    case "byte":
      return fc.constantFrom(-128, -1, 0, 1, 127);
    case "short":
      return fc.constantFrom(-32768, -1, 0, 1, 32767);
    case "int":
    case "date":
      return fc.oneof(fc.constantFrom(-2147483648, -1, 0, 1, 2147483647), fc.integer({ min: -5, max: 5 }));
    case "long":
    case "timestamp":
    case "timestamp_ntz":
      return fc.oneof(
        fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, -1n, 0n, 1n, 2n ** 32n, -(2n ** 32n), 2n ** 53n + 1n),
        fc.bigInt({ min: -4n, max: 4n }),
      );
    case "decimal":
      return fc.constantFrom(-(10n ** 38n) + 1n, 10n ** 38n - 1n, -1n, 0n, 1n, 2n ** 64n, -(2n ** 64n), 2n ** 32n);
    case "float":
    case "double":
      return fc.constantFrom(NaN, 0, -0, 1.5, -1.5, Infinity, -Infinity);
    case "boolean":
      return fc.boolean();
    case "string":
      return fc.oneof(
        fc.constantFrom("", "a", "b", "ab", "é", "\u{1F600}", "\uFFFD", "longer than twenty-four bytes"),
        fc.string({ maxLength: 3 }),
      );
    case "binary":
      return fc.constantFrom("x", "x00", "xff", "x00ff", "x0102030405");
    case "array":
      return fc.array(cellArbitrary(type.element), { maxLength: 3 });
    case "map":
      return fc.array(fc.tuple(cellArbitrary(type.key, false), cellArbitrary(type.value)), { maxLength: 2 });
    case "struct":
      return fc.tuple(...type.fields.map((field) => cellArbitrary(field.type)));
    default:
      return fc.constant(null);
  }
}

/** A column of these cells. Null rows hide garbage, and with `padding` the column is a slice out of a longer one. */
export function columnOf(type: DataType, cells: readonly Cell[], padding: readonly [number, number] = [0, 0]): Column {
  const [before, after] = padding;
  const filler = cells.find((cell) => cell !== null) ?? null;
  const padded = [...Array<Cell>(before).fill(filler), ...cells, ...Array<Cell>(after).fill(filler)];
  const column = build(type, padded, filler);
  return before + after === 0 || type.kind === "void" ? build(type, cells, filler) : column.slice(before, cells.length);
}

function build(type: DataType, cells: readonly Cell[], filler: Cell): Column {
  const arrow = toArrowType(type);
  const { length } = cells;
  const bits = new Uint8Array((length + 7) >> 3);
  cells.forEach((cell, row) => {
    if (cell !== null) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  });
  const garbage = cells.map((cell) => cell ?? filler);
  const make = (offsets: Int32Array | undefined, values: unknown, children: Column[] = []): Column =>
    new Data(arrow, 0, length, -1, [offsets, values, bits] as never, children);
  switch (type.kind) {
    case "void":
      return new Data(arrow, 0, length, length);
    case "boolean": {
      const values = new Uint8Array((length + 7) >> 3);
      garbage.forEach((cell, row) => (values[row >> 3] = (values[row >> 3] ?? 0) | (Number(cell === true) << (row & 7))));
      return make(undefined, values);
    }
    case "string":
    case "binary": {
      const parts = garbage.map((cell) =>
        type.kind === "string" ? Buffer.from(String(cell ?? "")) : Buffer.from(String(cell ?? "x").slice(1), "hex"),
      );
      return make(offsetsFor(parts), new Uint8Array(Buffer.concat(parts)));
    }
    case "array":
    case "map": {
      const lists = garbage.map((cell) => (cell ?? []) as readonly Cell[]);
      const element: DataType = type.kind === "array" ? type.element : entryType(type.key, type.value);
      return make(offsetsFor(lists), undefined, [build(element, lists.flat(1), null)]);
    }
    case "struct": {
      const rows = garbage.map((cell) => (cell ?? type.fields.map(() => null)) as readonly Cell[]);
      return make(
        undefined,
        undefined,
        type.fields.map((field, index) =>
          build(
            field.type,
            rows.map((row) => row[index] ?? null),
            null,
          ),
        ),
      );
    }
    case "decimal": {
      const words = garbage.flatMap((cell) =>
        [0n, 32n, 64n, 96n].map((shift) => Number((BigInt.asUintN(128, BigInt(String(cell ?? 0))) >> shift) & 0xffffffffn)),
      );
      return make(undefined, Uint32Array.from(words));
    }
    case "long":
    case "timestamp":
    case "timestamp_ntz":
      return make(
        undefined,
        BigInt64Array.from(garbage, (cell) => BigInt(String(cell ?? 0))),
      );
    default:
      return make(
        undefined,
        (arrow.ArrayType as unknown as Float64ArrayConstructor).from(garbage, (cell) => Number(cell ?? 0)),
      );
  }
}

function entryType(key: DataType, value: DataType): DataType {
  return {
    kind: "struct",
    fields: [
      { name: "key", type: key, nullable: false, metadata: {} },
      { name: "value", type: value, nullable: true, metadata: {} },
    ],
  };
}

function offsetsFor(parts: readonly { readonly length: number }[]): Int32Array {
  const offsets = new Int32Array(parts.length + 1);
  parts.forEach((part, row) => (offsets[row + 1] = (offsets[row] ?? 0) + part.length));
  return offsets;
}

/** Reads every cell, one by one and by the rules of `Column`. */
export function cellsOf(column: Column): readonly Cell[] {
  return Array.from({ length: column.length }, (_, row) => cellOf(column, row));
}

function cellOf(column: Column, row: number): Cell {
  const { typeId, values, valueOffsets, children, nullBitmap } = column;
  const bit = column.offset + row;
  if (typeId === Type.Null) return null;
  if (nullBitmap && nullBitmap.length > 0 && (((nullBitmap[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 0) return null;
  switch (typeId) {
    case Type.Bool:
      return ((values[bit >> 3] >> (bit & 7)) & 1) === 1;
    case Type.Utf8:
      return Buffer.from(values.subarray(valueOffsets[row], valueOffsets[row + 1])).toString();
    case Type.Binary:
      return `x${Buffer.from(values.subarray(valueOffsets[row], valueOffsets[row + 1])).toString("hex")}`;
    case Type.List:
    case Type.Map:
      return Array.from({ length: valueOffsets[row + 1] - valueOffsets[row] }, (_, i) =>
        cellOf(children[0] as Column, valueOffsets[row] + i),
      );
    case Type.Struct:
      return children.map((child) => cellOf(child, row));
    case Type.Decimal:
      return BigInt.asIntN(
        128,
        [3, 2, 1, 0].reduce((sum, word) => (sum << 32n) | BigInt(values[row * 4 + word] as number), 0n),
      );
    default:
      return values[row] as number | bigint;
  }
}

export interface Sample {
  readonly type: DataType;
  readonly cells: readonly Cell[];
  readonly column: Column;
}

export function sampleOf(type: DataType, options: { readonly maxLength?: number; readonly nulls?: boolean } = {}): fc.Arbitrary<Sample> {
  return fc
    .tuple(fc.array(cellArbitrary(type, options.nulls), { maxLength: options.maxLength ?? 40, size: "max" }), fc.nat(9), fc.nat(9))
    .map(([cells, before, after]) => ({ type, cells, column: columnOf(type, cells, [before, after]) }));
}

/** A random column of any type, sliced or not. */
export const anySample: fc.Arbitrary<Sample> = fc.constantFrom(...flatTypes, ...nestedTypes).chain((type) => sampleOf(type));
