import { DataType as ArrowTypes, Field as ArrowField, List, Map_, Schema, Struct, type DataType as ArrowType } from "apache-arrow";
import { assert } from "../../base/assert.js";
import { LakeError } from "../../base/errors.js";
import type { Column } from "../../columnar/column.js";
import { toArrowType } from "../../schema/arrow-mapping.js";
import type { DataType, Field, StructType } from "../../schema/types.js";

/** What parquet-wasm takes a Parquet field id from. */
const FIELD_ID = "PARQUET:field_id";

/**
 * The Arrow schema a file is encoded by: the types of `toArrowSchema`, and of the metadata only the field ids.
 *
 * Ids come from `delta.columnMapping.id` (or `parquet.field.id`), those of list elements, map keys and map values from
 * `delta.columnMapping.nested.ids` of the field above them, whose keys are paths such as `"col.value.element"`.
 *
 * @see PROTOCOL.md#column-mapping, PROTOCOL.md#writer-requirements-for-icebergcompatv2
 * @throws parquet/unsupported  a struct without fields, which Parquet cannot store, or a void column
 */
export function writeSchema(schema: StructType): Schema {
  return new Schema(schema.fields.map((field) => writeField(field)));
}

function writeField(field: Field): ArrowField {
  const { metadata } = field;
  const id = idOf(metadata["delta.columnMapping.id"]) ?? idOf(metadata["parquet.field.id"]);
  const nested = metadata["delta.columnMapping.nested.ids"] ?? metadata["parquet.field.nested.ids"];
  const nestedId = (path: string): number | undefined =>
    typeof nested === "object" && nested !== null ? idOf((nested as Readonly<Record<string, unknown>>)[path]) : undefined;
  return arrowField(field.name, writeType(field.type, field.name, nestedId), field.nullable, id);
}

function writeType(type: DataType, path: string, nestedId: (path: string) => number | undefined): ArrowType {
  const inner = (name: string, innerType: DataType, nullable: boolean): ArrowField => {
    const at = `${path}.${name}`;
    return arrowField(name, writeType(innerType, at, nestedId), nullable, nestedId(at));
  };
  switch (type.kind) {
    case "struct":
      if (type.fields.length === 0) throw notStored(path, "a struct without fields");
      return new Struct(type.fields.map((field) => writeField(field)));
    case "array":
      return new List(inner("element", type.element, type.containsNull));
    case "map":
      return mapType(inner("key", type.key, false), inner("value", type.value, type.valueContainsNull));
    case "void":
      throw notStored(path, "a column of type void");
    default:
      return toArrowType(type);
  }
}

function mapType(key: ArrowField, value: ArrowField): Map_ {
  const entries: { name: string } & ArrowField = new ArrowField("key_value", new Struct([key, value]), false);
  const type = new Map_(entries);
  // The constructor renames its entries to "entries"; LogicalTypes.md of Parquet says "key_value".
  entries.name = "key_value";
  return type;
}

function arrowField(name: string, type: ArrowType, nullable: boolean, id: number | undefined): ArrowField {
  return new ArrowField(name, type, nullable, id === undefined ? null : new Map([[FIELD_ID, String(id)]]));
}

function idOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) ? value : undefined;
}

/** Asserts that the columns lie in memory as the schema says: bytes taken for another type would be written without a complaint. */
export function assertStorable(schema: Schema, columns: readonly Column[]): void {
  assert(columns.length === schema.fields.length, `a file of ${schema.fields.length} columns is given ${columns.length}`);
  for (const [index, field] of schema.fields.entries()) {
    const type: ArrowType | undefined = columns[index]?.type;
    assert(
      type !== undefined && hasSameLayout(field.type as ArrowType, type),
      `column ${field.name} is ${String(field.type)} in the file and ${String(type)} in the rows`,
    );
  }
}

function hasSameLayout(wanted: ArrowType, found: ArrowType): boolean {
  if (wanted.typeId !== found.typeId) return false;
  if (ArrowTypes.isInt(wanted))
    return ArrowTypes.isInt(found) && wanted.bitWidth === found.bitWidth && wanted.isSigned === found.isSigned;
  if (ArrowTypes.isFloat(wanted)) return ArrowTypes.isFloat(found) && wanted.precision === found.precision;
  if (ArrowTypes.isDecimal(wanted))
    return ArrowTypes.isDecimal(found) && wanted.scale === found.scale && wanted.bitWidth === found.bitWidth;
  if (ArrowTypes.isTimestamp(wanted)) return ArrowTypes.isTimestamp(found) && wanted.unit === found.unit;
  if (ArrowTypes.isDate(wanted)) return ArrowTypes.isDate(found) && wanted.unit === found.unit;
  const fields = wanted.children ?? [];
  return fields.every((field: ArrowField, index: number) => {
    const child: ArrowType | undefined = found.children?.[index]?.type;
    return child !== undefined && hasSameLayout(field.type as ArrowType, child);
  });
}

function notStored(path: string, what: string): LakeError {
  return new LakeError(
    "parquet/unsupported",
    `Column ${path} is ${what}, which a Parquet file cannot store. Leave it out, or give it a type.`,
    { column: path },
  );
}
