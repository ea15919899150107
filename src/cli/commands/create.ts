import { DeltaTable } from "../../api/delta-table.js";
import { LakeError } from "../../base/errors.js";
import { parseSchemaText } from "../../schema/type-text.js";
import type { CreateFlags } from "../flags.js";
import { counted } from "../output/counted.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import type { Shell } from "../shell.js";

export async function create(url: string, flags: CreateFlags, shell: Shell): Promise<void> {
  const { partitionBy, clusterBy, property: properties, comment, ifExists } = flags;
  if (clusterBy !== undefined) throw noClustering(clusterBy);
  const options = { schema: parseSchemaText(flags.schema), partitionBy, properties, comment };
  const made = await DeltaTable.create(url, options).catch((error: unknown) => {
    if (ifExists === "open" && LakeError.is(error, "delta/table-exists")) return undefined;
    throw error;
  });
  const table = made ?? (await DeltaTable.open(url));
  const { version, timestamp } = table;
  if (flags.json === true) return writeOut(shell, `${toJson({ table: table.url, version, timestamp, created: made !== undefined })}\n`);
  if (flags.quiet === true) return;
  const what = made === undefined ? "there is a table already, " : "";
  await writeOut(shell, `create: ${what}version ${version} · ${counted(table.schema.fields.length, "column")} · ${table.url}\n`);
}

function noClustering(columns: readonly string[]): LakeError {
  return new LakeError(
    "delta/unsupported-feature",
    "--cluster-by makes a clustered table, which this release of laketable does not have. Nothing was made; leave the flag out, or " +
      "choose columns with few values for --partition-by.",
    { option: "--cluster-by", columns },
  );
}
