// npm run test:s3 [-- vitest options]: the S3 suites and the demo against a real server.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { minioBinary, startMinio } from "./minio.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const say = (text) => process.stderr.write(`${text}\n`);

const program = minioBinary(say);
if (program === undefined) {
  say(
    "test:s3 did not run: it needs the MinIO server, which it builds with Go, and there is no `go` on the PATH. Install Go 1.24 or newer.",
  );
  // Somebody's laptop may lack Go; where changes are judged nothing is left out.
  process.exit(process.env.CI === "true" ? 1 : 0);
}

const minio = await startMinio(program);
try {
  const args = ["node_modules/vitest/vitest.mjs", "run", "--config", "conformance/s3/vitest.config.ts", ...process.argv.slice(2)];
  const vitest = spawn(process.execPath, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...minio.env } });
  process.exitCode = await new Promise((resolve) => vitest.once("exit", (code) => resolve(code ?? 1)));
} finally {
  await minio.stop();
}
