import { LakeError } from "../base/errors.js";
import { array, decimal, field, map, struct, types } from "./data-types.js";
import { createTypeLexer, type TypeLexer } from "./type-lexer.js";
import type { DataType, Field, StructType } from "./types.js";

/** A column as its text says: `decimal(12,2) not null comment 'in won'`. */
export interface ColumnText {
  readonly type: DataType;
  readonly nullable: boolean;
  readonly comment: string | undefined;
}

/**
 * The type that a text names, in Spark's DDL: `int`, `decimal(12,2)`, `array<string>`, `map<string,int>`,
 * `struct<a: int, b: string not null comment 'x'>`. Words in any case; names with other characters in backquotes.
 *
 * Beyond Spark's DDL an element and a map's value may be `not null` too, so that every type has a text.
 *
 * @throws schema/invalid, pointing at the place
 */
export function parseType(text: string): DataType {
  const lexer = createTypeLexer(text, "type");
  const type = readType(lexer, 0);
  lexer.expectEnd();
  return type;
}

/** A type followed by `not null` and `comment '…'`, both optional. @throws schema/invalid */
export function parseColumnText(text: string): ColumnText {
  const lexer = createTypeLexer(text, "column");
  const column = readColumn(lexer, 0);
  lexer.expectEnd();
  return column;
}

/** Columns separated by commas: `id long not null, name string comment 'as on the passport'`. @throws schema/invalid */
export function parseSchemaText(text: string): StructType {
  const lexer = createTypeLexer(text, "schema");
  const fields: Field[] = [readField(lexer, 0)];
  while (lexer.take(",")) fields.push(readField(lexer, 0));
  lexer.expectEnd();
  return struct(fields);
}

/** The text of a type, canonical: `parseType(formatType(t))` is `t`, comments aside. */
export function formatType(type: DataType): string {
  switch (type.kind) {
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "array":
      return `array<${formatType(type.element)}${notNull(type.containsNull)}>`;
    case "map":
      return `map<${formatType(type.key)},${formatType(type.value)}${notNull(type.valueContainsNull)}>`;
    case "struct":
      return `struct<${type.fields.map((f) => `${formatName(f.name)}:${formatType(f.type)}${notNull(f.nullable)}`).join(",")}>`;
    default:
      return type.kind;
  }
}

/** The text of a type with its article, for messages: `an int`, `a decimal(12,2)`. */
export function describeType(type: DataType): string {
  return `${type.kind === "int" || type.kind === "array" ? "an" : "a"} ${formatType(type)}`;
}

/** The text of a schema with its comments, as `parseSchemaText` reads it. */
export function formatSchemaText(schema: StructType): string {
  return schema.fields.map(formatColumn).join(", ");
}

function formatColumn(column: Field): string {
  const comment = column.metadata["comment"];
  const suffix = typeof comment === "string" ? ` comment '${comment.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'` : "";
  return `${formatName(column.name)} ${formatType(column.type)}${notNull(column.nullable)}${suffix}`;
}

/** A name as it is typed in a schema: in backquotes unless it is a plain word. */
export function formatName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}

function notNull(nullable: boolean): string {
  return nullable ? "" : " not null";
}

// Deeper than any schema in use, and far from the end of the stack.
const MAX_DEPTH = 200;

function readType(lexer: TypeLexer, depth: number): DataType {
  if (depth > MAX_DEPTH) throw lexer.error(`types nest deeper than ${MAX_DEPTH} levels`);
  const position = lexer.position();
  const word = lexer.word("a type");
  switch (word.toLowerCase()) {
    case "array": {
      lexer.expect("<", "array takes its element type: array<string>");
      const element = readType(lexer, depth + 1);
      const nullable = !lexer.takeNotNull();
      lexer.expect(">", 'array<…> ends with ">"');
      return array(element, nullable);
    }
    case "map": {
      lexer.expect("<", "map takes key and value types: map<string,int>");
      const key = readType(lexer, depth + 1);
      lexer.expect(",", "map takes key and value types: map<string,int>");
      const value = readType(lexer, depth + 1);
      const nullable = !lexer.takeNotNull();
      lexer.expect(">", 'map<…> ends with ">"');
      return map(key, value, nullable);
    }
    case "struct":
      return readStruct(lexer, depth);
    case "decimal":
    case "dec":
    case "numeric":
      return readDecimal(lexer, position);
    default:
      return simpleType(lexer, word, position);
  }
}

function readStruct(lexer: TypeLexer, depth: number): StructType {
  lexer.expect("<", "struct takes its fields: struct<a: int, b: string>");
  if (lexer.take(">")) return struct([]);
  const fields: Field[] = [readField(lexer, depth + 1)];
  while (lexer.take(",")) fields.push(readField(lexer, depth + 1));
  lexer.expect(">", 'struct<…> separates its fields by "," and ends with ">"');
  return struct(fields);
}

function readField(lexer: TypeLexer, depth: number): Field {
  const name = lexer.name();
  lexer.take(":");
  const { type, nullable, comment } = readColumn(lexer, depth);
  return field(name, type, { nullable, metadata: comment === undefined ? {} : { comment } });
}

function readColumn(lexer: TypeLexer, depth: number): ColumnText {
  const type = readType(lexer, depth);
  const nullable = !lexer.takeNotNull();
  const comment = lexer.takeWord("comment") ? lexer.string() : undefined;
  return { type, nullable, comment };
}

function readDecimal(lexer: TypeLexer, position: number): DataType {
  // Spark's default for a bare `decimal`.
  if (!lexer.take("(")) return decimal(10, 0);
  const precision = lexer.integer("the number of digits");
  const scale = lexer.take(",") ? lexer.integer("the number of digits after the point") : 0;
  lexer.expect(")", "decimal takes digits and digits after the point: decimal(12,2)");
  try {
    return decimal(precision, scale);
  } catch (error) {
    if (LakeError.is(error, "schema/invalid")) throw lexer.error(error.message, position);
    throw error;
  }
}

const aliases: Readonly<Record<string, DataType>> = {
  ...types,
  tinyint: types.byte,
  smallint: types.short,
  integer: types.int,
  bigint: types.long,
  real: types.float,
  timestamp_ltz: types.timestamp,
};

// What people coming from other systems write, and what is meant.
const advice: Readonly<Record<string, string>> = {
  bool: "boolean",
  text: "string",
  varchar: "string",
  char: "string",
  str: "string",
  utf8: "string",
  uuid: "string",
  json: "string",
  number: "double",
  float32: "float",
  float64: "double",
  int8: "byte",
  int16: "short",
  int32: "int",
  int64: "long",
  bytes: "binary",
  blob: "binary",
  bytea: "binary",
  datetime: "timestamp",
  timestamptz: "timestamp",
  list: "array<…>",
  object: "struct<…>",
  null: "void",
};

function simpleType(lexer: TypeLexer, word: string, position: number): DataType {
  const lower = word.toLowerCase();
  const type = Object.hasOwn(aliases, lower) ? aliases[lower] : undefined;
  if (type !== undefined) return type;
  if (lower === "interval" || lower === "geometry" || lower === "geography") {
    throw new LakeError("delta/unsupported-feature", `The type "${word}" is not supported by this release of laketable.`, {
      type: lower,
    });
  }
  const meant = Object.hasOwn(advice, lower) ? advice[lower] : undefined;
  const known = `Types: ${Object.keys(types).join(", ")}, decimal(p,s), array<…>, map<…,…>, struct<…>`;
  throw lexer.error(`there is no type "${word}"${meant === undefined ? "" : ` (did you mean ${meant}?)`}. ${known}`, position);
}
