import { LakeError } from "../base/errors.js";
import { parseExpression } from "../expression/parse.js";
import { asNullable } from "../schema/data-types.js";
import type { DataType, Field, StructType } from "../schema/types.js";
import type { Value } from "../schema/value.js";
import type { MetadataChange } from "../table/pending-commit.js";
import type { WritePlan, WritePlanOptions, WriteRules } from "../table/write-plan.js";
import type { DeltaContext } from "./delta-context.js";
import { dataFilePath } from "./protocol/data-path.js";
import { changeTable } from "./protocol/new-table.js";
import { encodePartitionValue } from "./protocol/partition-value.js";
import { properties, readProperty } from "./protocol/properties.js";
import { assertWritable } from "./protocol/protocol-check.js";
import { tableConfiguration, type TableConfiguration } from "./protocol/table-configuration.js";

const defaultTargetFileBytes = 128 << 20;
/** Rows in memory: small enough that a few being encoded at once fit a budget, large enough that dictionaries pay. */
const targetRowGroupBytes = 32 << 20;

/** The part of a snapshot that a plan is made from. */
export interface PlannedTable {
  readonly state: { readonly configuration: TableConfiguration };
}

/**
 * How data files of the table are written, or of the table as `options.metadata` will leave it.
 *
 * @throws delta/unsupported-feature  the table cannot be written, or one of its invariants cannot be checked
 * @throws usage/invalid-option       a target size that is no positive number
 */
export function makeWritePlan(context: DeltaContext, table: PlannedTable, options: WritePlanOptions = {}): WritePlan {
  const configuration = configurationAfter(table.state.configuration, options.metadata, context.host.now());
  assertWritable(configuration.protocol, configuration);
  const { schema, partitionFields, metadata } = configuration;
  const partitionBy = partitionFields.map(({ name }) => name);
  // PROTOCOL.md "Void Type": writers must omit such columns from data files.
  const fileColumns = schema.fields.flatMap(({ name, type }, at) => (partitionBy.includes(name) || type.kind === "void" ? [] : [at]));
  const compression = readProperty(metadata.configuration, properties.compression);
  return {
    schema,
    partitionBy,
    fileSchema: fileSchema(schema, fileColumns),
    fileColumns,
    compression,
    formatVersion: readProperty(metadata.configuration, properties.formatVersion),
    targetFileBytes:
      targetBytes(options.targetFileBytes) ?? readProperty(metadata.configuration, properties.targetFileBytes) ?? defaultTargetFileBytes,
    targetRowGroupBytes,
    rules: { notNull: [...notNullPaths(schema, [])], checks: [...invariants(schema)] },
    newPath: (values: readonly Value[]) =>
      dataFilePath({
        partition: partitionFields.map((field, at) => [field.name, encodePartitionValue(values[at] ?? null, field.type)]),
        uuid: context.host.uuid(),
        compression,
      }),
  };
}

/** The table's configuration once `change` is committed. */
export function configurationAfter(before: TableConfiguration, change: MetadataChange | undefined, nowMs: number): TableConfiguration {
  if (change === undefined) return before;
  const { protocol, metadata } = changeTable(before, change, nowMs);
  const place = { file: "the commit" };
  return tableConfiguration(protocol, metadata, { protocol: place, metadata: place });
}

/**
 * Every column is optional in the file, as Spark writes it: NOT NULL is checked before, and a table may lose it later while
 * its files stay.
 */
function fileSchema(schema: StructType, fileColumns: readonly number[]): StructType {
  const fields = fileColumns.flatMap((at): readonly Field[] => {
    const field = schema.fields[at];
    if (field === undefined) return [];
    refuseNestedVoid(field.type, [field.name]);
    return [{ ...field, nullable: true, type: asNullable(field.type), metadata: {} }];
  });
  if (fields.length === 0) {
    throw new LakeError(
      "schema/invalid",
      "The table has no column that a data file could hold; change the type of its void columns first.",
      {},
    );
  }
  return { kind: "struct", fields };
}

/** "Void Type": a void inside another type would have to be cut out of it; refused by name. */
function refuseNestedVoid(type: DataType, path: readonly string[]): void {
  switch (type.kind) {
    case "struct":
      for (const field of type.fields) refuseNestedVoid(field.type, [...path, field.name]);
      return;
    case "array":
      return refuseNestedVoid(type.element, [...path, "element"]);
    case "map":
      refuseNestedVoid(type.key, [...path, "key"]);
      return refuseNestedVoid(type.value, [...path, "value"]);
    case "void":
      if (path.length === 1) return;
      throw new LakeError(
        "delta/unsupported-feature",
        `The table has a void inside another type at "${path.join(".")}", which this release of laketable does not write. ` +
          "Change its type first.",
        { path },
      );
    default:
  }
}

function* notNullPaths(type: DataType, path: readonly string[]): Generator<readonly string[]> {
  switch (type.kind) {
    case "struct":
      for (const field of type.fields) {
        const here = [...path, field.name];
        if (!field.nullable) yield here;
        yield* notNullPaths(field.type, here);
      }
      return;
    case "array":
      if (!type.containsNull) yield [...path, "element"];
      yield* notNullPaths(type.element, [...path, "element"]);
      return;
    case "map":
      if (!type.valueContainsNull) yield [...path, "value"];
      yield* notNullPaths(type.key, [...path, "key"]);
      yield* notNullPaths(type.value, [...path, "value"]);
      return;
    default:
  }
}

/** PROTOCOL.md "Column Invariants": `{"expression": {"expression": "<SQL>"}}` in a field's metadata. */
function* invariants(type: StructType): Generator<WriteRules["checks"][number]> {
  for (const field of type.fields) {
    const text = field.metadata["delta.invariants"];
    if (text !== undefined) yield invariant(field.name, String(text));
    if (field.type.kind === "struct") yield* invariants(field.type);
  }
}

function invariant(column: string, text: string): WriteRules["checks"][number] {
  try {
    const sql = invariantSql(JSON.parse(text));
    return { name: `the invariant of ${column}`, sql, predicate: parseExpression(sql) };
  } catch (error) {
    throw new LakeError(
      "delta/unsupported-feature",
      `The column "${column}" has an invariant that this release of laketable cannot check, so it cannot write to the table: ${text}`,
      { column, invariant: text, features: ["invariants"] },
      error,
    );
  }
}

function invariantSql(document: { readonly expression?: { readonly expression?: unknown } } | null): string {
  const sql = document?.expression?.expression;
  if (typeof sql === "string") return sql;
  throw new LakeError("delta/corrupt-log", 'An invariant is no {"expression": {"expression": …}}.');
}

function targetBytes(bytes: number | undefined): number | undefined {
  if (bytes === undefined || (Number.isSafeInteger(bytes) && bytes > 0)) return bytes;
  throw new LakeError("usage/invalid-option", `targetFileBytes must be a whole number above 0, found ${bytes}.`, {
    targetFileBytes: bytes,
  });
}
