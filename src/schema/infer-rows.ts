import { LakeError } from "../base/errors.js";
import { describeCell } from "./cell-list.js";
import { array, field, map, struct, types, typesEqual } from "./data-types.js";
import { findFieldIndex, formatPath } from "./field-names.js";
import { isPlainRecord } from "./record-split.js";
import { describeType, formatType } from "./type-text.js";
import type { DataType, Field, StructType } from "./types.js";

/**
 * The schema that rows have by the kinds of their values, never by the values themselves:
 *
 * number → double (also when all are whole: 1 and 1.5 are one kind) · bigint → long · boolean → boolean · string → string, never
 * looked into · Date → timestamp · Uint8Array → binary · array → array · Map → map · other object → struct · null → void.
 *
 * Columns are in the order in which they first appear, all nullable. A decimal, date, int or timestamp_ntz has to be said by a schema.
 *
 * @throws schema/incompatible when a column has values of two kinds, naming both
 */
export function inferSchemaFromRows(rows: Iterable<unknown>, firstRow = 0): StructType {
  let schema: DataType = struct([]);
  let row = firstRow;
  for (const record of rows) {
    if (!isPlainRecord(record)) throw refuse({ path: [], row }, record, "is no row");
    schema = widen(schema, record, { path: [], row });
    row += 1;
  }
  return schema.kind === "struct" ? schema : struct([]);
}

/**
 * The fields that rows have and `known` lacks, at any depth, in structs of the same names: `mergeSchemas(known, …)` adds them.
 * Fields that are known say nothing here, whatever their values.
 */
export function inferUnknownFields(known: StructType, rows: Iterable<unknown>, firstRow = 0): StructType {
  let extra: DataType | undefined;
  let row = firstRow;
  for (const record of rows) {
    extra = widenUnknown(extra, known, record, { path: [], row });
    row += 1;
  }
  return extra?.kind === "struct" ? extra : struct([]);
}

interface Place {
  readonly path: readonly string[];
  readonly row: number;
}

function inside(place: Place, name: string): Place {
  return { path: [...place.path, name], row: place.row };
}

const MAX_DEPTH = 200;

/** `type`, widened where the value has more: the same object when it has not. */
function widen(type: DataType, value: unknown, place: Place): DataType {
  if (value === null || value === undefined) return type;
  if (place.path.length > MAX_DEPTH) throw refuse(place, value, `nests deeper than ${MAX_DEPTH} levels, or holds itself`);
  if (Array.isArray(value)) {
    const element = type.kind === "array" ? type.element : types.void;
    const wider = value.reduce<DataType>((known, item) => widen(known, item, inside(place, "element")), element);
    return agree(type, type.kind === "array" && wider === element ? type : array(wider), value, place);
  }
  if (value instanceof Map) return agree(type, widenMap(type, value, place), value, place);
  if (isPlainRecord(value)) return agree(type, widenStruct(type.kind === "struct" ? type : struct([]), value, place), value, place);
  return agree(type, flatType(value, place), value, place);
}

function widenMap(type: DataType, value: Map<unknown, unknown>, place: Place): DataType {
  let key: DataType = type.kind === "map" ? type.key : types.void;
  let item: DataType = type.kind === "map" ? type.value : types.void;
  for (const [k, v] of value) {
    key = widen(key, k, inside(place, "key"));
    item = widen(item, v, inside(place, "value"));
  }
  return type.kind === "map" && key === type.key && item === type.value ? type : map(key, item);
}

function widenStruct(type: StructType, value: Record<string, unknown>, place: Place): StructType {
  let fields: Field[] | undefined;
  const names = Object.keys(value);
  for (let i = 0; i < names.length; i += 1) {
    const name = names[i] ?? "";
    // Rows mostly have their fields in one order, so most are found where they are looked for first.
    const expected = type.fields[i];
    if (value[name] === undefined || (expected?.name === name && isOfKind(value[name], expected.type))) continue;
    const current: StructType = fields === undefined ? type : { kind: "struct", fields };
    const index = findFieldIndex(current, name);
    const known = current.fields[index];
    if (known !== undefined && isOfKind(value[name], known.type)) continue;
    const wider = widen(known?.type ?? types.void, value[name], inside(place, known?.name ?? name));
    if (known !== undefined && wider === known.type) continue;
    fields ??= [...type.fields];
    fields[index < 0 ? fields.length : index] = field(known?.name ?? name, wider);
  }
  return fields === undefined ? type : struct(fields);
}

/** Whether a flat value is of a flat kind that is known: most are, and then there is nothing to do. */
function isOfKind(value: unknown, type: DataType): boolean {
  switch (type.kind) {
    case "double":
      return typeof value === "number";
    case "long":
      return typeof value === "bigint";
    case "string":
    case "boolean":
      return typeof value === type.kind;
    default:
      return false;
  }
}

/** `next` must be of the kind that is known, or the first of any kind. */
function agree(known: DataType, next: DataType, value: unknown, place: Place): DataType {
  if (known === next || known.kind === "void") return next;
  if (known.kind === next.kind && (next.kind === "struct" || next.kind === "array" || next.kind === "map" || typesEqual(known, next)))
    return next;
  const column = formatPath(place.path);
  throw new LakeError(
    "schema/incompatible",
    [
      { row: place.row },
      `, column "${column}": ${describeCell(value)} is ${describeType(next)}, and rows before hold ${describeType(known)}. ` +
        "Use one kind of value throughout (number is double, bigint is long), or give the schema.",
    ],
    { column, row: place.row, types: [formatType(known), formatType(next)] },
  );
}

function flatType(value: unknown, place: Place): DataType {
  switch (typeof value) {
    case "number":
      return types.double;
    case "bigint":
      return types.long;
    case "boolean":
      return types.boolean;
    case "string":
      return types.string;
    default:
      if (value instanceof Date) return types.timestamp;
      if (value instanceof Uint8Array) return types.binary;
      throw refuse(place, value, "has no type of its own in a table");
  }
}

function refuse(place: Place, value: unknown, problem: string): LakeError {
  const column = formatPath(place.path);
  return new LakeError(
    "schema/type-mismatch",
    [
      { row: place.row },
      `, column "${column}": ${describeCell(value)} ${problem}. ` +
        "Pass numbers, bigints, booleans, strings, Dates, Uint8Arrays, arrays, Maps or plain objects.",
    ],
    { column, row: place.row },
  );
}

function widenUnknown(extra: DataType | undefined, known: DataType | undefined, value: unknown, place: Place): DataType | undefined {
  if (value === null || value === undefined) return extra;
  if (known === undefined) return widen(extra ?? types.void, value, place);
  if (known.kind === "struct" && isPlainRecord(value)) return widenUnknownFields(extra, known, value, place);
  if (known.kind === "array" && Array.isArray(value)) {
    const before = extra?.kind === "array" ? extra.element : undefined;
    const after = value.reduce<DataType | undefined>(
      (type, item) => widenUnknown(type, known.element, item, inside(place, "element")),
      before,
    );
    return after === undefined || after === before ? extra : array(after);
  }
  if (known.kind === "map" && (value instanceof Map || isPlainRecord(value))) {
    const before = extra?.kind === "map" ? extra.value : undefined;
    const items = value instanceof Map ? [...value.values()] : Object.values(value);
    const after = items.reduce<DataType | undefined>(
      (type, item) => widenUnknown(type, known.value, item, inside(place, "value")),
      before,
    );
    return after === undefined || after === before ? extra : map(known.key, after);
  }
  return extra;
}

function widenUnknownFields(
  extra: DataType | undefined,
  known: StructType,
  value: Record<string, unknown>,
  place: Place,
): DataType | undefined {
  let result: StructType | undefined = extra?.kind === "struct" ? extra : undefined;
  for (const name of Object.keys(value)) {
    if (value[name] === undefined) continue;
    const knownField = known.fields[findFieldIndex(known, name)];
    const index = result === undefined ? -1 : findFieldIndex(result, name);
    const before = result?.fields[index];
    const spelling = knownField?.name ?? before?.name ?? name;
    const start = before?.type ?? (knownField === undefined ? types.void : undefined);
    const after = widenUnknown(start, knownField?.type, value[name], inside(place, spelling));
    if (after === undefined || (before !== undefined && after === before.type)) continue;
    const fields: Field[] = [...(result?.fields ?? [])];
    fields[index < 0 ? fields.length : index] = field(spelling, after);
    result = struct(fields);
  }
  return result;
}
