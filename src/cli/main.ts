#!/usr/bin/env node
import { ignoreClosedPipes } from "./output/stdout.js";
import { runLake } from "./run-lake.js";
import { processShell } from "./shell.js";

// The AWS SDK warns on stderr of Node versions that later releases of it will not run on; the one that is installed does.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
ignoreClosedPipes(processShell);
process.exitCode = await runLake(process.argv.slice(2), processShell);
