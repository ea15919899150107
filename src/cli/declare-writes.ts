import { Option, type Command } from "commander";
import { byteSize, collect, countFrom1, delimiter, keyOrCondition, keyValue, names } from "./arguments.js";
import {
  inputFormats,
  type CommonFlags,
  type CreateFlags,
  type DeleteFlags,
  type LoadFlags,
  type MergeFlags,
  type UpdateFlags,
} from "./flags.js";
import type { Shell } from "./shell.js";

const tableArgument = ["<table>", "path or URL of the table"] as const;
const filesText = ".parquet .ndjson .csv .arrow files, globs, or - for stdin";

export function declareWrites(program: Command, shell: Shell): void {
  declareCreate(program, shell);
  addLimits(declareAppend(program, shell));
  addLimits(declareOverwrite(program, shell));
  addLimits(declareMerge(program, shell));
  addLimits(declareUpdate(program, shell));
  addLimits(declareDelete(program, shell));
  declareCheckpoint(program, shell);
}

function declareCreate(program: Command, shell: Shell): void {
  program
    .command("create")
    .argument("<table>", "path or URL of the new table")
    .description("make an empty table")
    .requiredOption("--schema <columns>", "columns and types")
    .option("--partition-by <columns>", "columns that become folders, separated by commas", names)
    .option("--cluster-by <columns>", "clustering columns, separated by commas (not in this release)", names)
    .option("--property <key=value>", "a table property; may be repeated", keyValue)
    .option("--comment <text>", "what the table holds")
    .addOption(
      new Option("--if-exists <action>", "when there is a table: refuse, or leave it as it is")
        .choices(["error", "open"])
        .default("error"),
    )
    .addHelpText(
      "after",
      '\nExample:\n  $ lake create data/users --schema "id long not null, name string, country string, score int" --partition-by country',
    )
    .action(async (table: string, flags: CreateFlags) => (await import("./commands/create.js")).create(table, flags, shell));
}

function declareAppend(program: Command, shell: Shell): Command {
  return program
    .command("append")
    .argument(...tableArgument)
    .argument("<files...>", filesText)
    .description("add the rows of files")
    .addOption(inputFormat())
    .option("--delimiter <character>", "what stands between the cells of CSV (default: a comma; in .tsv files a tab)", delimiter)
    .option("--merge-schema", "add columns that the files have and the table lacks")
    .addHelpText("after", '\nExample:\n  $ lake append data/users "incoming/users-*.ndjson"')
    .action(async (table: string, files: string[], flags: LoadFlags) =>
      (await import("./commands/load.js")).load("append", { table, files }, flags, shell),
    );
}

function declareOverwrite(program: Command, shell: Shell): Command {
  return program
    .command("overwrite")
    .argument(...tableArgument)
    .argument("<files...>", filesText)
    .description("replace the rows of the table by those of files")
    .addOption(inputFormat())
    .option("--delimiter <character>", "what stands between the cells of CSV (default: a comma; in .tsv files a tab)", delimiter)
    .option("--where <predicate>", "replace only the rows that match")
    .addOption(overwriteSchema())
    .option("--yes", "do not ask before every row is replaced")
    .addHelpText("after", "\nExample:\n  $ lake overwrite data/users incoming/korea.csv --where \"country = 'KR'\"")
    .action(async (table: string, files: string[], flags: LoadFlags) =>
      (await import("./commands/load.js")).load("overwrite", { table, files }, flags, shell),
    );
}

function declareMerge(program: Command, shell: Shell): Command {
  return program
    .command("merge")
    .argument(...tableArgument)
    .argument("<file>", ".parquet .ndjson .csv .arrow file, glob, or - for stdin")
    .description("upsert the rows of a file")
    .requiredOption("--on <key>", 'key columns, separated by commas, or a condition such as "target.id = source.id"', keyOrCondition)
    .option("--update-all", "matched rows take the file's columns")
    .option("--insert-all", "rows without a match are added")
    .option("--delete-when <predicate>", "delete matched rows for which this is true (names: target.x, source.x)")
    .option("--delete-not-in-source", "delete the table's rows that the file does not have")
    .option("--merge-schema", "add columns that the file has and the table lacks")
    .addOption(inputFormat())
    .option("--delimiter <character>", "what stands between the cells of CSV (default: a comma; in .tsv files a tab)", delimiter)
    .addHelpText(
      "after",
      "\nWithout clauses: --update-all --insert-all.\n\nExample:\n  $ lake merge data/users incoming/changes.ndjson --on id",
    )
    .action(async (table: string, file: string, flags: MergeFlags) =>
      (await import("./commands/merge.js")).merge(table, file, flags, shell),
    );
}

function declareUpdate(program: Command, shell: Shell): Command {
  return program
    .command("update")
    .argument(...tableArgument)
    .description("change the rows that match")
    .requiredOption("--set <column = expression>", "an assignment; may be repeated", collect)
    .option("--where <predicate>", "default: every row")
    .addHelpText("after", '\nExample:\n  $ lake update data/users --set "score = score * 2" --where "country = \'KR\'"')
    .action(async (table: string, flags: UpdateFlags) => (await import("./commands/update.js")).update(table, flags, shell));
}

function declareDelete(program: Command, shell: Shell): Command {
  return program
    .command("delete")
    .argument(...tableArgument)
    .description("delete the rows that match")
    .requiredOption("--where <predicate>", 'which rows; "true" for all')
    .addHelpText("after", '\nExample:\n  $ lake delete data/users --where "score < 0"')
    .action(async (table: string, flags: DeleteFlags) => (await import("./commands/delete.js")).deleteWhere(table, flags, shell));
}

function declareCheckpoint(program: Command, shell: Shell): void {
  program
    .command("checkpoint")
    .argument(...tableArgument)
    .description("write a checkpoint, so that opening the table reads less")
    .addHelpText("after", "\nExample:\n  $ lake checkpoint data/users")
    .action(async (table: string, flags: CommonFlags) => (await import("./commands/checkpoint.js")).checkpoint(table, flags, shell));
}

/** What a write may use. */
function addLimits(command: Command): void {
  command
    .addOption(
      new Option("--memory-limit <size>", "memory that the work may take, for example 512MiB (default: 1GiB)").argParser(byteSize),
    )
    .addOption(
      new Option("--max-attempts <n>", "how often the commit is tried when other writers are faster (default: 200)").argParser(
        countFrom1,
      ),
    );
}

function overwriteSchema(): Option {
  return new Option("--overwrite-schema", "the table takes the columns of the files").conflicts("where");
}

function inputFormat(): Option {
  return new Option("--format <format>", "what the input is, when its name does not say").choices(inputFormats);
}
