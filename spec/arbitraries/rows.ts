import type { RecordBatch } from "apache-arrow";
import fc from "fast-check";
import { MAX_DAY, MIN_DAY, formatDate, formatTimestamp, formatTimestampNtz } from "../../src/schema/datetime.js";
import { formatDecimal } from "../../src/schema/decimal-text.js";
import type { Row } from "../../src/schema/row-reader.js";
import { batchFromRows } from "../../src/schema/row-writer.js";
import type { DataType, DecimalType, Field, MapType, StructType } from "../../src/schema/types.js";
import type { Value } from "../../src/schema/value.js";

export interface ArbitraryRowsOptions {
  /** Default: 0. */
  readonly minLength?: number;
  /** Default: 10. */
  readonly maxLength?: number;
}

/**
 * Rows of a schema in the very forms in which `rowReader` gives them, so that reading what was written gives the same rows: nulls at
 * every level where the schema allows them, the ends of every range, NaN, both zeros, infinities, years 1 and 9999, empty and astral
 * texts.
 */
export function arbitraryRows(schema: StructType, options: ArbitraryRowsOptions = {}): fc.Arbitrary<Row[]> {
  const { minLength = 0, maxLength = 10 } = options;
  return fc.array(arbitraryRow(schema), { minLength, maxLength });
}

/** One row of a schema. */
export function arbitraryRow(schema: StructType): fc.Arbitrary<Row> {
  return arbitraryStruct(schema);
}

/** A batch of rows of a schema, sometimes a slice of a larger one, with the rows that are in it. */
export function arbitraryBatch(
  schema: StructType,
  options: ArbitraryRowsOptions = {},
): fc.Arbitrary<{ batch: RecordBatch; rows: Row[] }> {
  return fc
    .tuple(arbitraryRows(schema, options), arbitraryRows(schema, { maxLength: 9 }), arbitraryRows(schema, { maxLength: 9 }))
    .map(([rows, before, after]) => {
      const whole = batchFromRows([...before, ...rows, ...after], schema);
      return { rows, batch: before.length + after.length === 0 ? whole : whole.slice(before.length, before.length + rows.length) };
    });
}

/** A cell of a type in the form of rows; never null itself. */
export function arbitraryCell(type: DataType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case "decimal":
      return arbitraryUnscaled(type).map((unscaled) => formatDecimal(unscaled, type.scale));
    case "date":
      return arbitraryDays.map(formatDate);
    case "timestamp":
      return arbitraryMicros.map(formatTimestamp);
    case "timestamp_ntz":
      return arbitraryMicros.map(formatTimestampNtz);
    case "struct":
      return arbitraryStruct(type);
    case "array":
      return fc.array(nullableCell(type.element, type.containsNull), { maxLength: 4 });
    case "map":
      return arbitraryMap(type);
    default:
      return arbitraryValue(type);
  }
}

/** A value of a flat type in the unit of `Value`; never null itself. */
export function arbitraryValue(type: DataType): fc.Arbitrary<Exclude<Value, null>> {
  switch (type.kind) {
    case "byte":
      return fc.integer({ min: -128, max: 127 });
    case "short":
      return fc.integer({ min: -32768, max: 32767 });
    case "int":
      return withEdges(fc.integer(), [0x7fffffff, -0x80000000]);
    case "long":
      return withEdges(fc.bigInt({ min: MIN_LONG, max: MAX_LONG }), [
        MAX_LONG,
        MIN_LONG,
        2n ** 53n,
        2n ** 53n + 1n,
        -(2n ** 53n),
        2n ** 32n,
        -1n,
      ]);
    case "float":
      return withEdges(fc.float(), [NaN, -0, Infinity, -Infinity, 1.401298464324817e-45, 3.4028234663852886e38]);
    case "double":
      return withEdges(fc.double(), [NaN, -0, Infinity, -Infinity, 5e-324, Number.MAX_VALUE, 0.1]);
    case "decimal":
      return arbitraryUnscaled(type);
    case "boolean":
      return fc.boolean();
    case "string":
      return withEdges(fc.string({ unit: "binary", maxLength: 12 }), [
        "",
        "😀",
        "\u0000",
        "é".repeat(40),
        "a".repeat(40),
        "\ufeffbom",
        "\uffff",
        "\u{10ffff}",
      ]);
    case "binary":
      return fc.uint8Array({ maxLength: 12 });
    case "date":
      return arbitraryDays;
    case "timestamp":
    case "timestamp_ntz":
      return arbitraryMicros;
    default:
      return fc.constant("").filter(() => false);
  }
}

const MAX_LONG = 2n ** 63n - 1n;
const MIN_LONG = -(2n ** 63n);
const MIN_MICROS = BigInt(MIN_DAY) * 86_400_000_000n;
const MAX_MICROS = BigInt(MAX_DAY + 1) * 86_400_000_000n - 1n;

const arbitraryDays = withEdges(fc.integer({ min: MIN_DAY, max: MAX_DAY }), [MIN_DAY, MAX_DAY, 0, -1, 11016]);
const arbitraryMicros = withEdges(fc.bigInt({ min: MIN_MICROS, max: MAX_MICROS }), [
  MIN_MICROS,
  MAX_MICROS,
  0n,
  -1n,
  999_999n,
  -1_000_001n,
]);

function arbitraryUnscaled(type: DecimalType): fc.Arbitrary<bigint> {
  const max = 10n ** BigInt(type.precision) - 1n;
  return withEdges(fc.bigInt({ min: -max, max }), [max, -max, 0n]);
}

function withEdges<T>(arbitrary: fc.Arbitrary<T>, edges: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 3, arbitrary }, { weight: 1, arbitrary: fc.constantFrom(...edges) });
}

function nullableCell(type: DataType, nullable: boolean): fc.Arbitrary<unknown> {
  const cell = type.kind === "void" ? fc.constant(null) : arbitraryCell(type);
  return nullable ? fc.option(cell, { nil: null, freq: 4 }) : cell;
}

function arbitraryStruct(type: StructType): fc.Arbitrary<Row> {
  const cells = type.fields.map((f: Field) => nullableCell(f.type, f.nullable));
  // `fromEntries` makes a field called __proto__ a property like others.
  return fc.tuple(...cells).map((values) => Object.fromEntries(type.fields.map((f, i) => [f.name, values[i]])));
}

function arbitraryMap(type: MapType): fc.Arbitrary<Map<unknown, unknown>> {
  const entry = fc.tuple(arbitraryCell(type.key), nullableCell(type.value, type.valueContainsNull));
  return fc.uniqueArray(entry, { maxLength: 4, selector: ([key]) => key }).map((entries) => new Map(entries));
}
