import { LakeError } from "../base/errors.js";
import { isArrowSchema, type ArrowSchemaLike } from "./arrow-shape.js";
import { columnField, type ColumnInput } from "./column-input.js";
import { field, struct } from "./data-types.js";
import { assertNoCaseDuplicates, assertPlainNames, formatPath, visitStructs } from "./field-names.js";
import { fromArrowSchema } from "./from-arrow.js";
import { parseColumnText } from "./type-text.js";
import type { DataType, Field, StructType } from "./types.js";

export type { ColumnInput } from "./column-input.js";

/** Columns by name, each a text such as `"long not null"` or a type. JavaScript must not reorder the names: see `resolveSchema`. */
export interface SchemaLiteral {
  readonly [column: string]: string | DataType;
}

/** The forms in which a schema can be given. The Arrow Schema may come from another copy of apache-arrow. */
export type SchemaInput = SchemaLiteral | ArrowSchemaLike | StructType | readonly ColumnInput[];

export interface ResolveSchemaOptions {
  /** `"any"`: names may have every character, as with column mapping. Default: `"plain"`. */
  readonly names?: "plain" | "any";
}

/**
 * The logical schema that an input means, checked: columns there are, names are not empty, unique without regard to case and (by
 * default) free of characters that need column mapping.
 *
 * @throws schema/invalid, schema/duplicate-column, schema/type-mismatch (an Arrow type that Delta lacks),
 *   delta/unsupported-feature (generated, default and identity columns)
 */
export function resolveSchema(input: SchemaInput, options: ResolveSchemaOptions = {}): StructType {
  const schema = readSchema(input);
  if (schema.fields.length === 0) {
    throw new LakeError("schema/invalid", 'The schema has no columns. Name at least one, for example { id: "long not null" }.', {});
  }
  assertNoCaseDuplicates(schema);
  if (options.names === "any") assertNamed(schema);
  else assertPlainNames(schema);
  assertStorable(schema);
  return schema;
}

function readSchema(input: SchemaInput): StructType {
  if (typeof input !== "object" || input === null) {
    throw new LakeError(
      "schema/invalid",
      `A schema is an object such as { id: "long not null", name: "string" }, an Arrow Schema, a StructType or a list of columns, found ` +
        `${input === null ? "null" : `a ${typeof input}`}.`,
      {},
    );
  }
  if (isColumnList(input)) return struct(input.map(columnField));
  if (isArrowSchema(input)) return fromArrowSchema(input);
  if (isStructType(input)) return struct(input.fields.map(copyField));
  return readLiteral(input);
}

function isColumnList(input: SchemaInput): input is readonly ColumnInput[] {
  return Array.isArray(input);
}

function isStructType(input: object): input is StructType {
  return "kind" in input && input.kind === "struct" && "fields" in input && Array.isArray(input.fields);
}

function copyField(given: Field, index: number): Field {
  return columnField({ name: given.name, type: given.type, nullable: given.nullable ?? true, metadata: given.metadata ?? {} }, index);
}

function readLiteral(literal: SchemaLiteral): StructType {
  return struct(
    Object.entries(literal).map(([name, column]) => {
      if (/^(0|[1-9][0-9]*)$/.test(name)) {
        throw new LakeError(
          "schema/invalid",
          `The column name "${name}" looks like an integer, and JavaScript moves such keys to the front of an object, so the order of ` +
            `the columns is lost. Give the schema as a list: [{ name: "${name}", type: ${JSON.stringify(column)} }, …].`,
          { column: name },
        );
      }
      if (typeof column !== "string") return columnField({ name, type: column }, undefined);
      const { type, nullable, comment } = readColumnText(name, column);
      return field(name, type, { nullable, metadata: comment === undefined ? {} : { comment } });
    }),
  );
}

function readColumnText(name: string, text: string): ReturnType<typeof parseColumnText> {
  try {
    return parseColumnText(text);
  } catch (error) {
    if (!LakeError.is(error)) throw error;
    throw new LakeError(error.code, `Column "${name}": ${error.message}`, { ...error.context, column: name }, error);
  }
}

function assertNamed(schema: StructType): void {
  visitStructs(schema, ({ fields }, path) => {
    if (fields.some(({ name }) => name === "")) {
      throw new LakeError("schema/invalid", "A column has an empty name. Give every column a name.", { path: formatPath(path) });
    }
  });
}

/** Types that are well-formed and yet have no place in a file. */
function assertStorable(schema: StructType): void {
  visitStructs(schema, ({ fields }, path) => {
    if (fields.length === 0) {
      const column = formatPath(path);
      throw new LakeError(
        "schema/invalid",
        `The struct "${column}" has no fields, which Parquet cannot store. Give it at least one field.`,
        { column },
      );
    }
    for (const { name, type } of fields) assertMapKeys(type, [...path, name]);
  });
}

function assertMapKeys(type: DataType, path: readonly string[]): void {
  if (type.kind === "array") return assertMapKeys(type.element, [...path, "element"]);
  if (type.kind !== "map") return;
  if (type.key.kind === "map" || type.key.kind === "variant" || type.key.kind === "void") {
    const column = formatPath(path);
    throw new LakeError(
      "schema/invalid",
      `The map "${column}" has keys of type ${type.key.kind}, which have no order. Use another type of key.`,
      { column },
    );
  }
  assertMapKeys(type.value, [...path, "value"]);
}
