#!/usr/bin/env node
import { reportFailure } from "./failure.js";
import { endOnClosedPipe } from "./output/stdout.js";
import { buildProgram } from "./program.js";

endOnClosedPipe();
try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(error, process.argv.includes("--json"));
}
