#!/usr/bin/env node
import { buildProgram } from "./program.js";
import { reportFailure } from "./failure.js";
import { ignoreClosedPipe } from "./output/stdout.js";

ignoreClosedPipe();
try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(error, process.argv.includes("--json"));
}
