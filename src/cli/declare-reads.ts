import { Option, type Command } from "commander";
import { byteSize, limit, moment, names, wholeNumber } from "./arguments.js";
import { rowFormats, type ChangesFlags, type FilesFlags, type HistoryFlags, type ShowFlags, type VersionFlags } from "./flags.js";
import type { Shell } from "./shell.js";

export function declareReads(program: Command, shell: Shell): void {
  declareShow(program, shell);
  declareHistory(program, shell);
  declareChanges(program, shell);

  atVersion(program, "detail", "print the table in figures")
    .addHelpText("after", "\nExample:\n  $ lake detail data/users")
    .action(async (table: string, flags: VersionFlags) => (await import("./commands/detail.js")).detail(table, flags, shell));

  atVersion(program, "schema", "print the columns")
    .addHelpText("after", "\nExample:\n  $ lake schema data/users --version 0")
    .action(async (table: string, flags: VersionFlags) => (await import("./commands/schema.js")).schema(table, flags, shell));

  atVersion(program, "files", "list the live data files that may hold matching rows")
    .option("--where <predicate>", "only files that may hold rows for which this is true")
    .addHelpText("after", "\nExample:\n  $ lake files data/users --where \"country = 'KR'\"")
    .action(async (table: string, flags: FilesFlags) => (await import("./commands/files.js")).files(table, flags, shell));

  atVersion(program, "log", "list the log files that make up a version")
    .addHelpText("after", "\nExample:\n  $ lake log data/users")
    .action(async (table: string, flags: VersionFlags) => (await import("./commands/log.js")).log(table, flags, shell));
}

function declareShow(program: Command, shell: Shell): void {
  atVersion(program, "show", "print rows")
    .option("--where <predicate>", "only rows for which this is true")
    .option("--columns <names>", "only these columns, separated by commas", names)
    .option("--limit <n|all>", "how many rows", limit, 20)
    .addOption(new Option("--format <format>", "how rows are printed").choices(rowFormats))
    .option("--memory-limit <size>", "memory that the work may take, for example 512MiB (default: 1GiB)", byteSize)
    .addHelpText("after", "\nExample:\n  $ lake show data/users --where \"country = 'KR'\" --columns id,name --version 1")
    .action(async (table: string, flags: ShowFlags) => (await import("./commands/show.js")).show(table, flags, shell));
}

function declareChanges(program: Command, shell: Shell): void {
  program
    .command("changes")
    .argument("<table>", "path or URL of the table")
    .description("print the rows that versions changed, and how")
    .requiredOption("--from <version>", "the first version, or a time such as 2026-01-31T12:00:00Z", moment)
    .option("--to <version>", "the last version, or a time (default: the newest version)", moment)
    .option("--limit <n|all>", "how many rows", limit, "all")
    .addOption(new Option("--format <format>", "how rows are printed").choices(rowFormats))
    .option("--memory-limit <size>", "memory that the work may take, for example 512MiB (default: 1GiB)", byteSize)
    .addHelpText("after", "\nExample:\n  $ lake changes data/orders --from 1 --to 3")
    .action(async (table: string, flags: ChangesFlags) => (await import("./commands/changes.js")).changes(table, flags, shell));
}

function declareHistory(program: Command, shell: Shell): void {
  program
    .command("history")
    .argument("<table>", "path or URL of the table")
    .description("list the versions, newest first")
    .option("--limit <n>", "how many versions", wholeNumber)
    .addHelpText("after", "\nExample:\n  $ lake history data/users --limit 10")
    .action(async (table: string, flags: HistoryFlags) => (await import("./commands/history.js")).history(table, flags, shell));
}

/** A command that reads the newest version, or the one it is told. */
function atVersion(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .argument("<table>", "path or URL of the table")
    .description(description)
    .option("--version <n>", "read this version", wholeNumber)
    .option("--timestamp <iso>", "read the newest version not later than this, for example 2026-01-31T12:00:00Z");
}
