import { Command } from "commander";
import { packageVersion } from "../version.js";
import { declareLaterCommands } from "./declare-later.js";
import { declareReads } from "./declare-reads.js";
import { declareWrites } from "./declare-writes.js";
import { isColoured } from "./output/terminal.js";
import type { Shell } from "./shell.js";

/**
 * The `lake` command. Each action loads what it needs when it runs, so that `lake --version` and `lake --help` load neither
 * Arrow nor the codec.
 */
export function buildProgram(shell: Shell, asJson = false): Command {
  const program = new Command("lake")
    .description("Delta Lake tables from the command line: create, load, upsert, read, travel in time.")
    .version(packageVersion, "-V, --version", "print the version of laketable")
    // `lake show T --version 3` belongs to show, not to lake.
    .enablePositionalOptions()
    .showHelpAfterError("(see lake --help)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void shell.stdout.write(text),
      // With --json what went wrong is told once, as a document.
      writeErr: (text) => void (asJson || shell.stderr.write(text)),
      getOutHelpWidth: () => helpWidth(shell.stdout.columns),
      getErrHelpWidth: () => helpWidth(shell.stderr.columns),
      getOutHasColors: () => isColoured(shell),
      getErrHasColors: () => isColoured(shell),
    });
  declareWrites(program, shell);
  declareReads(program, shell);
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

/** A terminal that does not know its size says 0; help that goes elsewhere is as wide as people read. */
function helpWidth(columns: number | undefined): number {
  return columns === undefined || columns < 20 ? 80 : Math.min(columns, 120);
}
