import { LakeError } from "../../base/errors.js";
import type { DataType, Field, PrimitiveName, StructType } from "../../schema/types.js";
import { corruptLog, isJsonObject, type JsonObject, type Place } from "./action-fields.js";
import { parseExactJson, stringifyExactJson } from "./exact-json.js";

// PROTOCOL.md "Schema Serialization Format".

/**
 * The schema in a `schemaString`. Metadata is kept as it is, 64-bit numbers included.
 *
 * @throws delta/corrupt-log  it is no schema, or two columns differ only in case
 * @throws delta/unsupported-feature  a type that we do not know, naming column and type
 */
export function decodeSchema(schemaString: string, place: Place): StructType {
  let document: unknown;
  try {
    document = parseExactJson(schemaString);
  } catch (error) {
    throw corruptLog(place, "the schemaString is no JSON", error);
  }
  const type = decodeType(document, [], place);
  if (type.kind !== "struct") throw corruptLog(place, "the schemaString is no struct");
  return type;
}

/** The canonical `schemaString` of a schema: names, order and spelling as Spark writes them. */
export function encodeSchema(schema: StructType): string {
  return stringifyExactJson(encodeType(schema));
}

const primitives: ReadonlyMap<string, PrimitiveName> = new Map<string, PrimitiveName>([
  ["string", "string"],
  ["long", "long"],
  ["integer", "int"],
  ["short", "short"],
  ["byte", "byte"],
  ["float", "float"],
  ["double", "double"],
  ["boolean", "boolean"],
  ["binary", "binary"],
  ["date", "date"],
  ["timestamp", "timestamp"],
  ["timestamp_ntz", "timestamp_ntz"],
  ["variant", "variant"],
  ["void", "void"],
  // Spark's spelling of void before 3.0.
  ["null", "void"],
]);
const wireNames: ReadonlyMap<PrimitiveName, string> = new Map([...primitives].reverse().map(([wire, name]) => [name, wire]));
const decimalPattern = /^decimal\(\s*(\d{1,2})\s*,\s*(-?\d{1,2})\s*\)$/;

function decodeType(value: unknown, path: readonly string[], place: Place): DataType {
  if (typeof value === "string") return decodePrimitive(value, path, place);
  if (!isJsonObject(value)) throw corruptLog(place, `the schema has no type at ${describe(path)}`);
  switch (value["type"]) {
    case "struct":
      return decodeStruct(value, path, place);
    case "array":
      return Object.freeze({
        kind: "array",
        element: decodeType(value["elementType"], [...path, "element"], place),
        containsNull: flag(value, "containsNull", path, place),
      });
    case "map":
      return Object.freeze({
        kind: "map",
        key: decodeType(value["keyType"], [...path, "key"], place),
        value: decodeType(value["valueType"], [...path, "value"], place),
        valueContainsNull: flag(value, "valueContainsNull", path, place),
      });
    default:
      if (typeof value["type"] !== "string") throw corruptLog(place, `the schema has no type at ${describe(path)}`);
      throw unknownType(`"${value["type"]}"`, path, place);
  }
}

function decodePrimitive(name: string, path: readonly string[], place: Place): DataType {
  const kind = primitives.get(name);
  if (kind !== undefined) return Object.freeze({ kind });
  if (name === "decimal") return Object.freeze({ kind: "decimal", precision: 10, scale: 0 });
  const match = decimalPattern.exec(name);
  if (match === null) throw unknownType(`"${name}"`, path, place);
  const precision = Number(match[1]);
  const scale = Number(match[2]);
  if (precision < 1 || precision > 38 || scale < 0 || scale > precision)
    throw corruptLog(place, `${describe(path)} has the impossible type ${name}`);
  return Object.freeze({ kind: "decimal", precision, scale });
}

function decodeStruct(value: JsonObject, path: readonly string[], place: Place): StructType {
  const fields = value["fields"];
  if (!Array.isArray(fields)) throw corruptLog(place, `the struct at ${describe(path)} has no list of fields`);
  const seen = new Map<string, string>();
  const decoded = fields.map((item: unknown) => {
    const field = decodeField(item, path, place);
    const other = seen.get(field.name.toLowerCase());
    if (other !== undefined) {
      throw corruptLog(
        place,
        `the columns ${describe([...path, other])} and ${describe([...path, field.name])} differ only in case, or not at all`,
      );
    }
    seen.set(field.name.toLowerCase(), field.name);
    return field;
  });
  return Object.freeze({ kind: "struct", fields: Object.freeze(decoded) });
}

function decodeField(item: unknown, path: readonly string[], place: Place): Field {
  if (!isJsonObject(item) || typeof item["name"] !== "string")
    throw corruptLog(place, `a field of the struct at ${describe(path)} has no name`);
  const name = item["name"];
  const metadata = item["metadata"] ?? {};
  if (!isJsonObject(metadata)) throw corruptLog(place, `the metadata of ${describe([...path, name])} is no JSON object`);
  return Object.freeze({
    name,
    type: decodeType(item["type"], [...path, name], place),
    nullable: flag(item, "nullable", [...path, name], place),
    metadata: Object.freeze({ ...metadata }),
  });
}

/** Absent means `true`, which is the cautious reading: nulls are looked for. */
function flag(value: JsonObject, name: string, path: readonly string[], place: Place): boolean {
  const found = value[name] ?? true;
  if (typeof found !== "boolean") throw corruptLog(place, `"${name}" of ${describe(path)} is neither true nor false`);
  return found;
}

function unknownType(type: string, path: readonly string[], place: Place): LakeError {
  return new LakeError(
    "delta/unsupported-feature",
    `Column ${describe(path)} has the type ${type}, which this release of laketable does not know. ` +
      "A newer release or the engine that wrote the table may read it.",
    { column: path.join("."), type, file: place.file },
  );
}

function describe(path: readonly string[]): string {
  return path.length === 0 ? "the top" : `\`${path.join(".")}\``;
}

function encodeType(type: DataType): unknown {
  switch (type.kind) {
    case "struct":
      return { type: "struct", fields: type.fields.map(encodeField) };
    case "array":
      return { type: "array", elementType: encodeType(type.element), containsNull: type.containsNull };
    case "map":
      return { type: "map", keyType: encodeType(type.key), valueType: encodeType(type.value), valueContainsNull: type.valueContainsNull };
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    default:
      return wireNames.get(type.kind);
  }
}

function encodeField(field: Field): unknown {
  return { name: field.name, type: encodeType(field.type), nullable: field.nullable, metadata: field.metadata };
}
