import { LakeError } from "../base/errors.js";
import { unreachable } from "../base/assert.js";
import { boolAt, bytesOf, offsetsOf } from "../columnar/access.js";
import { assemble } from "../columnar/assemble.js";
import { nullColumn, retyped } from "../columnar/build.js";
import type { Column } from "../columnar/column.js";
import { toArrowType } from "../schema/arrow-mapping.js";
import { isNumeric, typesEqual } from "../schema/data-types.js";
import { formatType } from "../schema/type-text.js";
import type { DataType, DecimalType } from "../schema/types.js";
import { castContext, type CastContext, type CastOptions } from "./cast/cast-context.js";
import { castNested } from "./cast/nested.js";
import { parseBooleanText } from "./cast/number-text.js";
import { castToDate, castToTimestamp } from "./cast/to-datetime.js";
import { castToDecimal } from "./cast/to-decimal.js";
import { castToFloating, castToInteger, castToLong, valueText } from "./cast/to-number.js";
import { firstInvalidText, textOf } from "./cast/to-text.js";
import { newBits, validity } from "./kernels/bitmap.js";
import { columnTexts } from "./kernels/readers.js";
import { bytesBuilder } from "./kernels/results.js";
import { decimalWordsOf, longsOf } from "./kernels/readers.js";
import { vector } from "./kernels/operand.js";

export type { CastOptions } from "./cast/cast-context.js";

/**
 * The column as another type, by Spark's ANSI casts: what does not fit is an error (or null, with `onError: "null"`), never a
 * wrapped or saturated number.
 *
 * Fractions are cut off towards zero on the way to whole numbers and rounded half up on the way to decimals; numbers are seconds
 * to timestamps; the session's time zone is UTC; dates and timestamps keep to the years 1 to 9999. Structs take their fields by
 * name (missing nullable fields become null) or by position.
 *
 * @throws expression/type-mismatch  there is no such cast (`canCast`)
 * @throws expression/evaluation     a value does not fit, naming it
 * @see https://spark.apache.org/docs/latest/sql-ref-ansi-compliance.html#cast
 */
export function castColumn(column: Column, from: DataType, to: DataType, options: CastOptions): Column {
  if (typesEqual(from, to)) return column;
  if (from.kind === "void") return nullColumn(to, column.length);
  if (typesEqual(from, to, { nullability: "ignore" })) return retyped(column, toArrowType(to));
  if (!canCast(from, to)) throw castMismatch(from, to);
  if (to.kind === "struct" || to.kind === "array" || to.kind === "map") {
    return castNested(column, from, to, options, (child, childFrom, childTo) => castColumn(child, childFrom, childTo, options));
  }
  const context = castContext(column, from, to, options);
  if (to.kind === "string" || to.kind === "binary") return castToBytes(column, from, to, context);
  const values = castValues(column, from, to, context);
  return assemble(toArrowType(to), column.length, validity(context.valid()), { values });
}

function castValues(column: Column, from: DataType, to: DataType, context: CastContext): ArrayBufferView {
  switch (to.kind) {
    case "byte":
    case "short":
    case "int":
      return castToInteger(column, from, to, context);
    case "long":
      return castToLong(column, from, context);
    case "float":
    case "double":
      return castToFloating(column, from, to, context);
    case "decimal":
      return castToDecimal(column, from, to, context);
    case "boolean":
      return castToBoolean(column, from, context);
    case "date":
      return castToDate(column, from, context);
    case "timestamp":
    case "timestamp_ntz":
      return castToTimestamp(column, from, to, context);
    case "string":
    case "binary":
    case "struct":
    case "array":
    case "map":
    case "variant":
    case "void":
      throw castMismatch(from, to);
    default:
      return unreachable(to);
  }
}

function castToBytes(column: Column, from: DataType, to: DataType, context: CastContext): Column {
  if (from.kind === "string" || from.kind === "binary") {
    const invalid = from.kind === "binary" ? firstInvalidText(column) : undefined;
    if (invalid === undefined)
      return assemble(toArrowType(to), column.length, validity(context.valid()), { offsets: offsetsOf(column), values: bytesOf(column) });
    context.fail(invalid, () => "these bytes, which are not UTF-8,");
  }
  const text = textOf(column, from);
  const builder = bytesBuilder(column.length);
  for (let row = 0; row < column.length; row++) {
    if (context.isNull(row)) builder.appendEmpty();
    else builder.append(text(row));
  }
  const result = builder.finish(to, context.valid());
  return result.kind === "vector" ? result.column : nullColumn(to, column.length);
}

function castToBoolean(column: Column, from: DataType, context: CastContext): ArrayBufferView {
  const out = newBits(column.length);
  const read = booleanReader(column, from);
  for (let row = 0; row < column.length; row++) {
    if (context.isNull(row)) continue;
    const value = read(row);
    if (value === undefined) context.fail(row, () => valueText(column, from, row));
    else if (value) out[row >> 3] = (out[row >> 3] as number) | (1 << (row & 7));
  }
  return out;
}

function booleanReader(column: Column, from: DataType): (row: number) => boolean | undefined {
  switch (from.kind) {
    case "string": {
      const texts = columnTexts(column);
      return (row) => parseBooleanText(texts(row));
    }
    case "boolean":
      return (row) => boolAt(column, row);
    case "long": {
      const { values } = longsOf(vector(from, column));
      return (row) => values[2 * row] !== 0 || values[2 * row + 1] !== 0;
    }
    case "decimal": {
      const { values } = decimalWordsOf(vector(from, column));
      return (row) => values[4 * row] !== 0 || values[4 * row + 1] !== 0 || values[4 * row + 2] !== 0 || values[4 * row + 3] !== 0;
    }
    default: {
      const values = column.values as Float64Array;
      return (row) => values[row] !== 0;
    }
  }
}

/** Whether Spark's ANSI mode has a cast between the types at all. */
export function canCast(from: DataType, to: DataType): boolean {
  if (from.kind === "void" || typesEqual(from, to, { nullability: "ignore" })) return true;
  if (to.kind === "string") return from.kind !== "variant";
  if (from.kind === "struct" && to.kind === "struct") return true;
  if (from.kind === "array" && to.kind === "array") return canCast(from.element, to.element);
  if (from.kind === "map" && to.kind === "map") return canCast(from.key, to.key) && canCast(from.value, to.value);
  switch (to.kind) {
    case "binary":
      return from.kind === "string";
    case "boolean":
      return isNumeric(from) || from.kind === "string";
    case "date":
      return from.kind === "string" || from.kind === "timestamp" || from.kind === "timestamp_ntz";
    case "timestamp":
      return isNumeric(from) || from.kind === "string" || from.kind === "date" || from.kind === "timestamp_ntz";
    case "timestamp_ntz":
      return from.kind === "string" || from.kind === "date" || from.kind === "timestamp";
    default:
      return isNumeric(to) && (isNumeric(from) || from.kind === "string" || from.kind === "boolean" || from.kind === "timestamp");
  }
}

/**
 * Whether a cast can fail for some value. False is a promise; true may be too careful.
 */
export function castCanFail(from: DataType, to: DataType): boolean {
  if (from.kind === "void" || typesEqual(from, to, { nullability: "ignore" })) return false;
  if (to.kind === "string") return from.kind === "binary";
  if (isDatetime(from) && isDatetime(to)) return false;
  if (isNumeric(from) && (to.kind === "double" || to.kind === "float" || to.kind === "boolean")) return false;
  const wholeDigits: Readonly<Record<string, number>> = { byte: 3, short: 5, int: 10, long: 19 };
  const [digits, target] = [wholeDigits[from.kind], wholeDigits[to.kind]];
  if (digits !== undefined && target !== undefined) return digits > target;
  if (to.kind === "decimal") return decimalCanFail(from, to, digits);
  return !(from.kind === "string" && to.kind === "binary");
}

function decimalCanFail(from: DataType, to: DecimalType, digits: number | undefined): boolean {
  const whole = from.kind === "decimal" ? from.precision - from.scale + (from.scale > to.scale ? 1 : 0) : (digits ?? 39);
  return whole > to.precision - to.scale;
}

function isDatetime(type: DataType): boolean {
  return type.kind === "date" || type.kind === "timestamp" || type.kind === "timestamp_ntz";
}

export function castMismatch(from: DataType, to: DataType): LakeError {
  return new LakeError(
    "expression/type-mismatch",
    `A ${formatType(from)} cannot be cast to ${formatType(to)}: there is no such cast in SQL. Convert it through a type that both know.`,
    { from: formatType(from), to: formatType(to) },
  );
}
