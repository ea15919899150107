import { mapOrdered } from "../base/concurrency.js";
import type { ExpressionNode } from "../expression/expression.js";
import { formatExpression } from "../expression/format.js";
import type { DataFile } from "../table/data-file.js";
import type { Snapshot } from "../table/snapshot.js";
import type { EngineContext } from "./context.js";
import { openFileSource } from "./file-source.js";
import { boundWhere } from "./list-files.js";
import { projectColumns } from "./projection.js";

export interface ExplainOptions {
  readonly columns?: readonly string[] | undefined;
  readonly where?: ExpressionNode | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a scan would read, and why it would not read the rest. */
export interface Explanation {
  readonly version: number;
  readonly columns: readonly string[];
  /** As SQL. */
  readonly where: string | null;
  readonly files: {
    readonly total: number;
    readonly kept: number;
    readonly prunedByPartition: number;
    readonly prunedByStatistics: number;
  };
  /** Of the files that are kept; the footers of the others are not read. */
  readonly rowGroups: { readonly total: number; readonly kept: number };
  /** `total`: of all files; `keptFiles`: of the files that are kept; `kept`: what of them would be fetched. */
  readonly bytes: { readonly total: number; readonly keptFiles: number; readonly kept: number };
  /** One sentence for each thing that saves reading, in the order in which they apply. */
  readonly why: readonly string[];
}

/** Plans a scan without running it: reads the log and the footers of the files that are left. */
export async function explainScan(context: EngineContext, snapshot: Snapshot, options: ExplainOptions = {}): Promise<Explanation> {
  const { signal } = options;
  const where = boundWhere(context, snapshot, options.where);
  const projection = projectColumns(snapshot, options.columns, where);
  const slots = projection.columns.map((_, slot) => slot);
  const files = { total: 0, kept: 0, prunedByPartition: 0, prunedByStatistics: 0 };
  const bytes = { total: 0, keptFiles: 0, kept: 0 };
  const rowGroups = { total: 0, kept: 0 };
  const kept = snapshot.plan({
    where,
    signal,
    onPruned: ({ filesTotal, bytesTotal, filesKept, bytesKept, filesPrunedByPartition }) => {
      files.total += filesTotal;
      files.kept += filesKept;
      files.prunedByPartition += filesPrunedByPartition;
      files.prunedByStatistics += filesTotal - filesKept - filesPrunedByPartition;
      bytes.total += bytesTotal;
      bytes.keptFiles += bytesKept;
    },
  });
  const planOf = (file: DataFile, stop: AbortSignal): ReturnType<ReturnType<typeof openFileSource>["plan"]> =>
    openFileSource(context, snapshot, file, { columns: projection.columns, signal: stop }).plan(slots, { prune: projection.where });
  for await (const plan of mapOrdered(
    flattened(kept),
    context.codec.parallelism + 1,
    (file, task) => planOf(file, task.signal),
    signal,
  )) {
    rowGroups.total += plan.rowGroupsTotal;
    rowGroups.kept += plan.rowGroups.length;
    bytes.kept += plan.bytes;
  }
  return {
    version: snapshot.version,
    columns: projection.output.flatMap((slot) => projection.columns[slot]?.name ?? []),
    where: options.where === undefined ? null : formatExpression(options.where),
    files,
    rowGroups,
    bytes,
    why: reasons(files, rowGroups, bytes, projection.columns.length < snapshot.schema.fields.length),
  };
}

function reasons(
  files: Explanation["files"],
  rowGroups: Explanation["rowGroups"],
  bytes: Explanation["bytes"],
  isProjected: boolean,
): readonly string[] {
  const why: string[] = [];
  if (files.prunedByPartition > 0) why.push(`${files.prunedByPartition} of ${files.total} files are in partitions that cannot match.`);
  if (files.prunedByStatistics > 0)
    why.push(`${files.prunedByStatistics} of ${files.total} files have statistics that rule every row out.`);
  const skipped = rowGroups.total - rowGroups.kept;
  if (skipped > 0)
    why.push(`${skipped} of ${rowGroups.total} row groups in the files that are left have bounds that rule every row out.`);
  if (bytes.kept < bytes.keptFiles) {
    const saved = isProjected
      ? "columns that are not needed, and pages that cannot match, are not fetched"
      : "pages that cannot match are not fetched";
    why.push(`${bytes.kept} of ${bytes.keptFiles} bytes of the files that are left would be read: ${saved}.`);
  }
  if (why.length === 0) why.push("Everything is read: nothing in the query rules a file, row group or column out.");
  return why;
}

async function* flattened(groups: AsyncIterable<readonly DataFile[]>): AsyncGenerator<DataFile, void, undefined> {
  for await (const group of groups) yield* group;
}
