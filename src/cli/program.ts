import { Command, InvalidArgumentError, Option } from "commander";
import { packageVersion } from "../version.js";

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Which version to read. */
export interface VersionOptions {
  readonly version?: number;
  readonly timestamp?: string;
}

/**
 * The `lake` command. Each action loads what it needs when it runs, so that `lake --version` and `lake --help` load neither
 * Arrow nor the codec.
 */
export function buildProgram(): Command {
  const program = new Command("lake")
    .description("Delta Lake tables from the command line: create, load, upsert, read, travel in time.")
    .version(packageVersion, "-V, --version", "print the version of laketable")
    // `lake show T --version 3` belongs to show, not to lake.
    .enablePositionalOptions()
    .showHelpAfterError("(see lake --help)")
    .exitOverride();
  addWriteCommands(program);
  addReadCommands(program);
  for (const command of program.commands) {
    command
      .option("--json", "print one JSON document (rows: NDJSON) on stdout and nothing else there")
      .option("--quiet", "print no progress and no summary")
      .exitOverride();
  }
  return program;
}

function addWriteCommands(program: Command): void {
  program
    .command("create")
    .argument("<table>", "path or URL of the new table")
    .description("make an empty table")
    .requiredOption("--schema <columns>", "columns and types")
    .option("--partition-by <columns>", "columns that become folders, separated by commas", list)
    .option("--cluster-by <columns>", "clustering columns, separated by commas", list)
    .option("--property <key=value>", "a table property; may be repeated", keyValue, {})
    .option("--comment <text>", "what the table holds")
    .addHelpText("after", '\nExample:\n  $ lake create data/users --schema "id long not null, name string, country string" --partition-by country')
    .action(async (table: string, options: CreateFlags) => (await import("./commands/create.js")).create(table, options));

  for (const verb of ["append", "overwrite"] as const) {
    const command = program
      .command(verb)
      .argument("<table>", "path or URL of the table")
      .argument("<files...>", ".parquet .ndjson .csv .arrow files, globs, or - for stdin")
      .description(verb === "append" ? "add the rows of files" : "replace the rows of the table by those of files")
      .addOption(inputFormat());
    if (verb === "append") command.option("--merge-schema", "add columns that the files have and the table lacks");
    if (verb === "overwrite") {
      command.option("--where <predicate>", "replace only the rows that match").option("--yes", "do not ask");
    }
    command
      .addHelpText("after", verb === "append" ? "\nExample:\n  $ lake append data/users users-*.ndjson" : '\nExample:\n  $ lake overwrite data/sales day.parquet --where "day = \'2026-01-01\'"')
      .action(async (table: string, files: string[], options: WriteFlags) => (await import("./commands/load.js")).load(verb, table, files, options));
  }

  program
    .command("merge")
    .argument("<table>", "path or URL of the table")
    .argument("<file>", ".parquet .ndjson .csv .arrow file, glob, or - for stdin")
    .description("upsert the rows of a file")
    .requiredOption("--on <columns>", "key columns, separated by commas", list)
    .option("--update-all", "matched rows take the file's columns")
    .option("--insert-all", "rows without a match are added")
    .option("--delete-when <predicate>", "delete matched rows for which this is true (names: target.x, source.x)")
    .option("--delete-not-in-source", "delete the table's rows that the file does not have")
    .addOption(inputFormat())
    .addHelpText("after", "\nWithout clauses: --update-all --insert-all.\n\nExample:\n  $ lake merge data/users changes.ndjson --on id")
    .action(async (table: string, file: string, options: MergeFlags) => (await import("./commands/merge.js")).merge(table, file, options));

  program
    .command("update")
    .argument("<table>", "path or URL of the table")
    .description("change the rows that match")
    .requiredOption("--set <column = expression>", "an assignment; may be repeated", collect, [])
    .option("--where <predicate>", "default: every row")
    .addHelpText("after", "\nExample:\n  $ lake update data/users --set \"score = score * 2\" --where \"country = 'KR'\"")
    .action(async (table: string, options: UpdateFlags) => (await import("./commands/update.js")).update(table, options));

  program
    .command("delete")
    .argument("<table>", "path or URL of the table")
    .description("delete the rows that match")
    .requiredOption("--where <predicate>", "which rows; use \"true\" for all")
    .addHelpText("after", '\nExample:\n  $ lake delete data/users --where "score < 0"')
    .action(async (table: string, options: DeleteFlags) => (await import("./commands/delete.js")).deleteWhere(table, options));

  program
    .command("checkpoint")
    .argument("<table>", "path or URL of the table")
    .description("write a checkpoint, so that opening the table reads less")
    .addHelpText("after", "\nExample:\n  $ lake checkpoint data/users")
    .action(async (table: string, options: CommonOptions) => (await import("./commands/checkpoint.js")).checkpoint(table, options));
}

function addReadCommands(program: Command): void {
  const reading = (name: string, description: string): Command =>
    program
      .command(name)
      .argument("<table>", "path or URL of the table")
      .description(description)
      .option("--version <n>", "read this version", wholeNumber)
      .option("--timestamp <iso>", "read the newest version not later than this, for example 2026-01-31T12:00:00Z");

  reading("show", "print rows")
    .option("--where <predicate>", "only rows for which this is true")
    .option("--columns <names>", "only these columns, separated by commas", list)
    .option("--limit <n|all>", "how many rows", limit, 20)
    .addOption(new Option("--format <format>", "how rows are printed").choices(["table", "ndjson", "csv", "arrow", "parquet"]))
    .addHelpText("after", "\nExample:\n  $ lake show data/users --where \"country = 'KR'\" --columns id,name --version 3")
    .action(async (table: string, options: ShowFlags) => (await import("./commands/show.js")).show(table, options));

  program
    .command("history")
    .argument("<table>", "path or URL of the table")
    .description("list the versions, newest first")
    .option("--limit <n>", "how many versions", wholeNumber)
    .addHelpText("after", "\nExample:\n  $ lake history data/users --limit 10")
    .action(async (table: string, options: HistoryFlags) => (await import("./commands/history.js")).history(table, options));

  reading("detail", "print the table in figures")
    .addHelpText("after", "\nExample:\n  $ lake detail data/users")
    .action(async (table: string, options: VersionFlags) => (await import("./commands/detail.js")).detail(table, options));

  reading("schema", "print the columns")
    .addHelpText("after", "\nExample:\n  $ lake schema data/users --version 0")
    .action(async (table: string, options: VersionFlags) => (await import("./commands/schema.js")).schema(table, options));

  reading("files", "list the live data files that may hold matching rows")
    .option("--where <predicate>", "only files that may hold rows for which this is true")
    .addHelpText("after", "\nExample:\n  $ lake files data/users --where \"country = 'KR'\"")
    .action(async (table: string, options: FilesFlags) => (await import("./commands/files.js")).files(table, options));

  reading("log", "list the log files that make up a version")
    .addHelpText("after", "\nExample:\n  $ lake log data/users")
    .action(async (table: string, options: VersionFlags) => (await import("./commands/log.js")).log(table, options));
}

export interface CreateFlags extends CommonOptions {
  readonly schema: string;
  readonly partitionBy?: readonly string[];
  readonly clusterBy?: readonly string[];
  readonly property: Readonly<Record<string, string>>;
  readonly comment?: string;
}
export interface WriteFlags extends CommonOptions {
  readonly format?: InputFormat;
  readonly mergeSchema?: boolean;
  readonly where?: string;
  readonly yes?: boolean;
}
export interface MergeFlags extends CommonOptions {
  readonly on: readonly string[];
  readonly updateAll?: boolean;
  readonly insertAll?: boolean;
  readonly deleteWhen?: string;
  readonly deleteNotInSource?: boolean;
  readonly format?: InputFormat;
}
export interface UpdateFlags extends CommonOptions {
  readonly set: readonly string[];
  readonly where?: string;
}
export interface DeleteFlags extends CommonOptions {
  readonly where: string;
}
export interface HistoryFlags extends CommonOptions {
  readonly limit?: number;
}
export type VersionFlags = CommonOptions & VersionOptions;
export interface FilesFlags extends VersionFlags {
  readonly where?: string;
}
export interface ShowFlags extends FilesFlags {
  readonly columns?: readonly string[];
  readonly limit: number | "all";
  readonly format?: "table" | "ndjson" | "csv" | "arrow" | "parquet";
}
export type InputFormat = "parquet" | "ndjson" | "csv" | "arrow";

function inputFormat(): Option {
  return new Option("--format <format>", "what the input is, when its name does not say").choices(["parquet", "ndjson", "csv", "arrow"]);
}

function list(text: string): string[] {
  const names = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  if (names.length === 0) throw new InvalidArgumentError("expected names separated by commas");
  return names;
}

function collect(text: string, earlier: readonly string[]): string[] {
  return [...earlier, text];
}

function keyValue(text: string, earlier: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("expected key=value");
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw new InvalidArgumentError("expected a whole number from 0");
  return Number(text);
}

function limit(text: string): number | "all" {
  return text === "all" ? "all" : wholeNumber(text);
}
