import { LakeError } from "../base/errors.js";
import type { ColumnNameOf } from "../schema/row-type.js";
import { resolveSchema, type SchemaInput } from "../schema/schema-input.js";
import type { Table, TableDefinition } from "../table/table-format.js";
import { checkOptions, type CreateTableOptions } from "./options.js";
import { connectOptionNames, laterConnectOptions, type Connection } from "./runtime.js";

const ownOptions = ["schema", "partitionBy", "properties", "comment", "name", "ifExists", "userMetadata"] as const;

/** The table that `options` define at the connection's location, made or, with `ifExists: "open"`, found. */
export async function createTable<S extends SchemaInput>(
  connection: Connection,
  options: CreateTableOptions<S, ColumnNameOf<S>>,
): Promise<Table> {
  checkOptions("DeltaTable.create", options ?? null, [...ownOptions, ...connectOptionNames], {
    ...laterConnectOptions,
    clusterBy: "clustered tables",
  });
  const ifExists = options.ifExists ?? "error";
  if (!["error", "open", "replace"].includes(ifExists)) {
    throw new LakeError("usage/invalid-option", `ifExists is "error", "open" or "replace", found ${JSON.stringify(ifExists)}.`, {
      ifExists,
    });
  }
  const { format } = connection;
  const { signal, userMetadata } = options;
  const definition = tableDefinition(options);
  if (ifExists === "open" && (await format.exists(signal))) return format.open(undefined, signal);
  try {
    return await format.create(definition, { replace: ifExists === "replace", userMetadata, signal });
  } catch (error) {
    // A rival made it between the look and the creation: for "open" that is as good.
    if (ifExists === "open" && LakeError.is(error, "delta/table-exists")) return format.open(undefined, signal);
    throw error;
  }
}

function tableDefinition<S extends SchemaInput>(options: CreateTableOptions<S, ColumnNameOf<S>>): TableDefinition {
  if (options.schema === undefined) {
    throw new LakeError(
      "usage/invalid-option",
      'DeltaTable.create needs a schema, for example { schema: { id: "long not null", name: "string" } }.',
    );
  }
  const partitionBy: readonly string[] = options.partitionBy ?? [];
  if (!Array.isArray(partitionBy)) {
    throw new LakeError(
      "usage/invalid-option",
      `partitionBy is a list of column names such as ["country"], found ${JSON.stringify(partitionBy)}.`,
    );
  }
  return {
    schema: resolveSchema(options.schema),
    partitionBy,
    properties: new Map(Object.entries(options.properties ?? {}).map(([key, value]) => [key, String(value)])),
    name: options.name,
    description: options.comment,
  };
}
