import { Option, type Command } from "commander";
import { limit, names, wholeNumber } from "./arguments.js";
import { rowFormats, type FilesFlags, type HistoryFlags, type ShowFlags, type VersionFlags } from "./flags.js";

export function declareReads(program: Command): void {
  declareShow(program);
  declareHistory(program);

  atVersion(program, "detail", "print the table in figures")
    .addHelpText("after", "\nExample:\n  $ lake detail data/users")
    .action(async (table: string, flags: VersionFlags) => (await import("./commands/detail.js")).detail(table, flags));

  atVersion(program, "schema", "print the columns")
    .addHelpText("after", "\nExample:\n  $ lake schema data/users --version 0")
    .action(async (table: string, flags: VersionFlags) => (await import("./commands/schema.js")).schema(table, flags));

  atVersion(program, "files", "list the live data files that may hold matching rows")
    .option("--where <predicate>", "only files that may hold rows for which this is true")
    .addHelpText("after", "\nExample:\n  $ lake files data/users --where \"country = 'KR'\"")
    .action(async (table: string, flags: FilesFlags) => (await import("./commands/files.js")).files(table, flags));

  atVersion(program, "log", "list the log files that make up a version")
    .addHelpText("after", "\nExample:\n  $ lake log data/users")
    .action(async (table: string, flags: VersionFlags) => (await import("./commands/log.js")).log(table, flags));
}

function declareShow(program: Command): void {
  atVersion(program, "show", "print rows")
    .option("--where <predicate>", "only rows for which this is true")
    .option("--columns <names>", "only these columns, separated by commas", names)
    .option("--limit <n|all>", "how many rows", limit, 20)
    .addOption(new Option("--format <format>", "how rows are printed").choices(rowFormats))
    .addHelpText("after", "\nExample:\n  $ lake show data/users --where \"country = 'KR'\" --columns id,name --version 1")
    .action(async (table: string, flags: ShowFlags) => (await import("./commands/show.js")).show(table, flags));
}

function declareHistory(program: Command): void {
  program
    .command("history")
    .argument("<table>", "path or URL of the table")
    .description("list the versions, newest first")
    .option("--limit <n>", "how many versions", wholeNumber)
    .addHelpText("after", "\nExample:\n  $ lake history data/users --limit 10")
    .action(async (table: string, flags: HistoryFlags) => (await import("./commands/history.js")).history(table, flags));
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
