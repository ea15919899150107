import { DeltaTable } from "../../api/delta-table.js";
import { parseSchemaText } from "../../schema/type-text.js";
import type { CreateFlags } from "../flags.js";
import { counted } from "../output/counted.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";

export async function create(
  url: string,
  { schema, partitionBy, clusterBy, property, comment, json, quiet }: CreateFlags,
): Promise<void> {
  const options = { schema: parseSchemaText(schema), partitionBy, properties: property, comment };
  // The API refuses clustering columns by name until there are clustered tables.
  const table = await DeltaTable.create(url, clusterBy === undefined ? options : { ...options, ...{ clusterBy } });
  const { version, timestamp } = table;
  if (json === true) return writeOut(`${toJson({ table: table.url, version, timestamp })}\n`);
  if (quiet !== true) await writeOut(`create: version ${version} · ${counted(table.schema.fields.length, "column")} · ${table.url}\n`);
}
