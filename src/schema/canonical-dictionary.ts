import { LakeError } from "../base/errors.js";
import type { Column } from "./column.js";
import { assertOffsetFits, isValidAt, newColumn, validBitsOf, viewAs, type ValidBits } from "./arrow-buffers.js";
import type { ArrowDataLike } from "./arrow-shape.js";
import { toArrowType } from "./arrow-mapping.js";
import { columnFromCells } from "./column-encoder.js";
import { formatPath } from "./field-names.js";
import { exactOptions } from "./row-options.js";
import { columnReader } from "./row-reader.js";
import type { DataType } from "./types.js";

type Canonical = (data: ArrowDataLike, type: DataType, path: readonly string[]) => Column;

/** The values of a dictionary column, one per row. */
export function decodeDictionary(data: ArrowDataLike, type: DataType, path: readonly string[], canonical: Canonical): Column {
  const column = formatPath(path);
  const chunks = (data.dictionary?.data ?? []).map((chunk) => canonical(chunk, type, path));
  const rows = indicesOf(
    data,
    chunks.reduce((count, chunk) => count + chunk.length, 0),
    column,
  );
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) {
    const gathered = gatherFlat(only, rows, type, column);
    if (gathered !== undefined) return gathered;
  }
  return rebuild(chunks, rows, type, path);
}

/** Row of the dictionary for each row of the column, -1 for null. */
function indicesOf(data: ArrowDataLike, dictionaryLength: number, column: string): Int32Array {
  const valid = validBitsOf(data);
  const { indices } = data.type;
  const what = `the indices of column "${column}"`;
  const { length } = data;
  const rows = new Int32Array(length);
  const copy = (values: ArrayLike<number> | ArrayLike<bigint>): void => {
    for (let row = 0; row < length; row += 1) {
      const index = isValidAt(valid, row) ? Number(values[row] ?? 0) : -1;
      if (index >= dictionaryLength || index < -1) {
        throw new LakeError(
          "schema/invalid-value",
          `Row ${row}, column "${column}": entry ${index} is not in the dictionary of ${dictionaryLength}.`,
          {
            column,
            row,
            index,
          },
        );
      }
      rows[row] = index;
    }
  };
  const signed = indices?.isSigned !== false;
  switch (indices?.bitWidth) {
    case 8:
      copy(viewAs<Int8Array | Uint8Array>(data.values, signed ? Int8Array : Uint8Array, length, what));
      break;
    case 16:
      copy(viewAs<Int16Array | Uint16Array>(data.values, signed ? Int16Array : Uint16Array, length, what));
      break;
    case 64:
      copy(viewAs<BigInt64Array | BigUint64Array>(data.values, signed ? BigInt64Array : BigUint64Array, length, what));
      break;
    default:
      copy(viewAs<Int32Array | Uint32Array>(data.values, signed ? Int32Array : Uint32Array, length, what));
  }
  return rows;
}

/** The given rows of a column of a flat type; `undefined` for nested types and those packed in bits. */
function gatherFlat(source: Column, rows: Int32Array, type: DataType, column: string): Column | undefined {
  const nested = type.kind === "struct" || type.kind === "array" || type.kind === "map" || type.kind === "variant";
  if (nested || type.kind === "boolean" || type.kind === "void") return undefined;
  const valid = gatherValidity(source, rows);
  if (type.kind !== "string" && type.kind !== "binary") {
    const stride = type.kind === "decimal" ? 4 : 1;
    return newColumn(toArrowType(type), rows.length, valid, { values: gatherFixed(source.values, rows, stride) });
  }
  const offsets: Int32Array = source.valueOffsets;
  const bytes: Uint8Array = source.values;
  const valueOffsets = new Int32Array(rows.length + 1);
  let total = 0;
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] ?? -1;
    if (row >= 0) total += (offsets[row + 1] ?? 0) - (offsets[row] ?? 0);
    assertOffsetFits(total, column);
    valueOffsets[i + 1] = total;
  }
  const values = new Uint8Array(total);
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] ?? -1;
    let target = valueOffsets[i] ?? 0;
    const end = row < 0 ? 0 : (offsets[row + 1] ?? 0);
    // Dictionary entries are short as a rule; a loop beats the call overhead of `set`.
    for (let at = row < 0 ? 0 : (offsets[row] ?? 0); at < end; at += 1, target += 1) values[target] = bytes[at] ?? 0;
  }
  return newColumn(toArrowType(type), rows.length, valid, { valueOffsets, values });
}

type Fixed = Int8Array | Int16Array | Int32Array | Uint32Array | Float32Array | Float64Array | BigInt64Array;

function gatherFixed(values: Fixed, rows: Int32Array, stride: number): Fixed {
  const constructor = values.constructor as new (length: number) => Fixed;
  const result = new constructor(rows.length * stride);
  const [from, to] = [bytesView(values), bytesView(result)];
  const width = stride * values.BYTES_PER_ELEMENT;
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] ?? -1;
    if (row < 0) continue;
    for (let byte = 0; byte < width; byte += 1) to[i * width + byte] = from[row * width + byte] ?? 0;
  }
  return result;
}

function bytesView(values: Fixed): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Null where the index is null or the entry of the dictionary is. */
function gatherValidity(source: Column, rows: Int32Array): ValidBits {
  const valid = validBitsOf(source);
  const nullBitmap = new Uint8Array((rows.length + 7) >> 3);
  let nulls = 0;
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] ?? -1;
    if (row >= 0 && isValidAt(valid, row)) nullBitmap[i >> 3] = (nullBitmap[i >> 3] ?? 0) | (1 << (i & 7));
    else nulls += 1;
  }
  return { nullBitmap: nulls === 0 ? undefined : nullBitmap, offset: 0 };
}

/** Nested entries, or a dictionary that came in pieces: rare, so read and written value by value. */
function rebuild(chunks: readonly Column[], rows: Int32Array, type: DataType, path: readonly string[]): Column {
  const entries: unknown[] = [];
  for (const chunk of chunks) {
    const read = columnReader(type, chunk, exactOptions, path);
    for (let row = 0; row < chunk.length; row += 1) entries.push(read(row));
  }
  const cells = Array.from(rows, (row) => (row < 0 ? null : entries[row]));
  return columnFromCells(cells, type, path);
}
