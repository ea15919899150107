import { DeltaTable } from "../../api/delta-table.js";
import { parseSchemaText } from "../../schema/type-text.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import type { CreateFlags } from "../program.js";

export async function create(url: string, flags: CreateFlags): Promise<void> {
  const later = flags.clusterBy === undefined ? {} : { clusterBy: flags.clusterBy };
  const table = await DeltaTable.create(url, {
    schema: parseSchemaText(flags.schema),
    partitionBy: flags.partitionBy ?? [],
    properties: flags.property,
    ...(flags.comment === undefined ? {} : { comment: flags.comment }),
    ...later,
  });
  if (flags.json === true) return writeOut(`${toJson({ table: table.url, version: table.version })}\n`);
  if (flags.quiet !== true) await writeOut(`create: version ${table.version} · ${table.schema.fields.length} columns · ${table.url}\n`);
}
