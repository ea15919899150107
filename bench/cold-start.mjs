// How long `lake --version` and `lake history` of a small table take from nothing, next to a Node that does nothing.
// npm run bench -- cold-start [--runs=15]
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { byTurns, median, printRuns } from "./lib/measure.mjs";
import { laketable } from "./lib/tables.mjs";

const { values: options } = parseArgs({ options: { runs: { type: "string", default: "15" } } });
const lake = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const VERSIONS = 5;

const folder = mkdtempSync(join(tmpdir(), "laketable-cold-"));
try {
  const table = join(folder, "table");
  await makeSmallTable(table);
  const commands = { "node -e 0": ["-e", "0"], "lake --version": [lake, "--version"], "lake history": [lake, "history", table] };
  assertAnswers(commands, table);
  const results = await byTurns(Object.keys(commands), Number(options.runs), (name) => ({ ms: run(commands[name]).ms }));
  printRuns("cold start", results);
  const floor = median(results["node -e 0"].map(({ ms }) => ms));
  for (const name of Object.keys(commands).slice(1)) {
    console.log(`  ${name}: ${(median(results[name].map(({ ms }) => ms)) - floor).toFixed(0)} ms above Node alone`);
  }
  for (const [name, args] of Object.entries(commands)) console.log(`  ${name}: peak ${peakMb(args).toFixed(0)} MB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function makeSmallTable(path) {
  const { DeltaTable } = await laketable();
  const table = await DeltaTable.create(path, { schema: { id: "long", name: "string" } });
  for (let i = 1; i < VERSIONS; i++) await table.append([{ id: BigInt(i), name: `row ${i}` }]);
}

function assertAnswers(commands, table) {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  if (!run(commands["lake --version"]).out.includes(version)) throw new Error("lake --version does not tell the version");
  const told = JSON.parse(run([lake, "history", table, "--json"]).out).length;
  if (told !== VERSIONS) throw new Error(`lake history of ${VERSIONS} versions told ${told}`);
}

function run(args, options = {}) {
  const start = performance.now();
  const { status, stdout, stderr, output } = spawnSync(process.execPath, args, { encoding: "utf8", ...options });
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`${args.join(" ")} failed: ${stderr}`);
  return { ms, out: stdout, output };
}

function peakMb(args) {
  const report = `import { writeSync } from "node:fs"; process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));`;
  const preload = `--import=data:text/javascript,${encodeURIComponent(report)}`;
  const { output } = run([preload, ...args], { stdio: ["ignore", "pipe", "pipe", "pipe"] });
  return Number(output[3]) / 1024;
}
