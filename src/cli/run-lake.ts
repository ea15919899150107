import { exitCodes, reportFailure } from "./failure.js";
import { buildProgram } from "./program.js";
import type { Shell } from "./shell.js";

/** Runs `lake` with the words that follow its name, and resolves to what the process ends with. Never rejects. */
export async function runLake(args: readonly string[], shell: Shell): Promise<number> {
  const asJson = args.includes("--json");
  try {
    await buildProgram(shell, asJson).parseAsync(args, { from: "user" });
    return exitCodes.done;
  } catch (error) {
    return reportFailure(error, shell, { command: args[0], asJson });
  }
}
