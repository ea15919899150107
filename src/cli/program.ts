import { Command } from "commander";
import { packageVersion } from "../version.js";
import { declareLaterCommands } from "./declare-later.js";
import { declareReads } from "./declare-reads.js";
import { declareWrites } from "./declare-writes.js";

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
  declareWrites(program);
  declareReads(program);
  for (const command of program.commands) {
    command
      .option("--json", "print one JSON document (rows: NDJSON) on stdout and nothing else there")
      .option("--quiet", "print no progress and no summary")
      .showHelpAfterError(`(see lake ${command.name()} --help)`)
      .exitOverride();
  }
  declareLaterCommands(program);
  return program;
}
