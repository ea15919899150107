#!/usr/bin/env node
import { ignoreClosedPipes } from "./output/stdout.js";
import { runLake } from "./run-lake.js";
import { processShell } from "./shell.js";

ignoreClosedPipes(processShell);
process.exitCode = await runLake(process.argv.slice(2), processShell);
