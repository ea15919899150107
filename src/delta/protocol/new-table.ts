import { LakeError } from "../../base/errors.js";
import { assertNoCaseDuplicates, findField } from "../../schema/evolution.js";
import type { DataType, Field, StructType } from "../../schema/types.js";
import type { MetadataChange } from "../../table/pending-commit.js";
import type { TableDefinition } from "../../table/table-format.js";
import type { Metadata, Protocol } from "./actions.js";
import { features } from "./features.js";
import { isPartitionType } from "./partition-value.js";
import { canonicalKey, checkProperties } from "./property-change.js";
import { neededFeatures, raiseProtocol } from "./protocol-raise.js";
import { encodeSchema } from "./schema-json.js";

/** What a table is apart from its files. */
export interface DefinedTable {
  readonly protocol: Protocol;
  readonly metadata: Metadata;
  readonly schema: StructType;
}

/** The lowest protocol that respects NOT NULL and append-only tables: what Spark gives a plain table. */
const plainProtocol: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

/**
 * A table made from `definition`: checked, with the lowest protocol that it needs.
 *
 * @throws schema/invalid, schema/duplicate-column, schema/unknown-column, delta/invalid-property, delta/unsupported-feature
 */
export function newTable(definition: TableDefinition, facts: { readonly tableId: string; readonly nowMs: number }): DefinedTable {
  const { schema, name, description } = definition;
  assertColumns(schema);
  const metadata: Metadata = {
    id: facts.tableId,
    name,
    description,
    format: { provider: "parquet", options: new Map() },
    schemaString: encodeSchema(schema),
    partitionColumns: partitionColumns(schema, definition.partitionBy),
    configuration: checkProperties(definition.properties),
    createdTime: facts.nowMs,
  };
  return settled(plainProtocol, metadata, schema);
}

/**
 * The table after `change`; what the change does not mention stays. The protocol is never lowered (PROTOCOL.md "Supported
 * Features": clients must not remove a feature).
 *
 * @throws as `newTable` does
 */
export function changeTable(base: DefinedTable, change: MetadataChange, nowMs: number): DefinedTable {
  const schema = change.schema ?? base.schema;
  assertColumns(schema);
  const old = base.metadata;
  const kept =
    change.replace === true
      ? { name: undefined, description: undefined, configuration: new Map<string, string>(), createdTime: nowMs }
      : old;
  const wantedPartitions = change.partitionBy ?? (change.replace === true ? [] : old.partitionColumns);
  const metadata: Metadata = {
    id: old.id,
    name: change.name ?? kept.name,
    description: change.description ?? kept.description,
    format: old.format,
    schemaString: change.schema === undefined ? old.schemaString : encodeSchema(schema),
    partitionColumns: partitionColumns(schema, wantedPartitions),
    configuration: changedProperties(kept.configuration, change.properties ?? new Map()),
    createdTime: kept.createdTime,
  };
  return settled(base.protocol, metadata, schema);
}

/** Raises the protocol to what the metadata needs, and refuses metadata that needs what is not built. */
function settled(protocol: Protocol, metadata: Metadata, schema: StructType): DefinedTable {
  const missing = features.find((feature) => feature.write !== "yes" && feature.isActive?.({ metadata, schema }) === true);
  if (missing !== undefined) {
    throw new LakeError(
      "delta/unsupported-feature",
      `The table's definition needs ${missing.name} (${missing.note}), which this release of laketable does not write. Leave it out.`,
      { features: [missing.name] },
    );
  }
  return { protocol: raiseProtocol(protocol, neededFeatures(metadata, schema)), metadata, schema };
}

function changedProperties(
  old: ReadonlyMap<string, string>,
  change: ReadonlyMap<string, string | undefined>,
): ReadonlyMap<string, string> {
  const wanted = new Map<string, string>();
  for (const [key, value] of change) if (value !== undefined) wanted.set(key, value);
  const result = new Map([...old, ...checkProperties(wanted)]);
  for (const [key, value] of change) if (value === undefined) result.delete(canonicalKey(key));
  return result;
}

/** PROTOCOL.md "Schema Serialization Format": names are unique regardless of case. */
function assertColumns(schema: StructType): void {
  if (schema.fields.length === 0) throw new LakeError("schema/invalid", "A table needs at least one column; the schema has none.");
  assertNoCaseDuplicates(schema);
  for (const field of schema.fields) assertStorable(field, [field.name]);
}

function assertStorable(field: Field, path: readonly string[]): void {
  if (field.name === "") {
    throw new LakeError("schema/invalid", `A column has an empty name (${path.join(".")}). Give it one.`, { path });
  }
  assertStorableType(field.type, path);
}

function assertStorableType(type: DataType, path: readonly string[]): void {
  switch (type.kind) {
    case "struct":
      if (type.fields.length === 0) {
        throw new LakeError(
          "schema/invalid",
          `The struct column "${path.join(".")}" has no fields; Parquet cannot store it. Give it at least one.`,
          { path },
        );
      }
      for (const nested of type.fields) assertStorable(nested, [...path, nested.name]);
      return;
    case "array":
      return assertStorableType(type.element, [...path, "element"]);
    case "map":
      assertStorableType(type.key, [...path, "key"]);
      return assertStorableType(type.value, [...path, "value"]);
    case "void":
      throw new LakeError(
        "schema/invalid",
        `The column "${path.join(".")}" has the type void, which holds nothing but nulls. Give it a type.`,
        { path },
      );
    case "variant":
      throw new LakeError(
        "delta/unsupported-feature",
        `The column "${path.join(".")}" has the type variant, which needs the feature variantType; ` +
          "this release of laketable does not have it.",
        { path, features: ["variantType"] },
      );
    default:
  }
}

/** The partition columns in the schema's spelling. */
function partitionColumns(schema: StructType, wanted: readonly string[]): readonly string[] {
  const columns = wanted.map((name) => {
    const field = findField(schema, name);
    if (field === undefined) {
      const known = schema.fields.map((other) => other.name);
      throw new LakeError(
        "schema/unknown-column",
        `The table cannot be partitioned by "${name}": it has no such column. Columns: ${known.join(", ")}.`,
        {
          column: name,
          columns: known,
        },
      );
    }
    if (!isPartitionType(field.type)) {
      throw new LakeError(
        "schema/invalid",
        `The table cannot be partitioned by "${field.name}" of type ${field.type.kind}: a partition value is one plain value. ` +
          "Choose another column.",
        { column: field.name, type: field.type.kind },
      );
    }
    return field.name;
  });
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined)
    throw new LakeError("schema/duplicate-column", `The table is to be partitioned by "${twice}" twice. Name it once.`, {
      column: twice,
    });
  if (columns.length === schema.fields.length) {
    throw new LakeError(
      "schema/invalid",
      `The table cannot be partitioned by all of its columns (${columns.join(", ")}): its files would hold none. Leave one out.`,
      { partitionBy: columns },
    );
  }
  return columns;
}
