// Small appends of many processes to one table on the local disk: laketable and delta-rs, by turns.
// npm run bench -- contention [--runs=3] [--cases=8x25,16x50]     processes x appends of each
// LAKETABLE_PEERS_PYTHON names a Python with deltalake and pyarrow; without it laketable runs alone.
// Processes start, append to a table of their own until their code is warm, wait for each other, and only then the clock runs.
// A run counts what is in the table afterwards: every acknowledged row has to be there once.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { byTurns, median } from "./lib/measure.mjs";
import { laketable } from "./lib/tables.mjs";

const self = fileURLToPath(import.meta.url);
const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    cases: { type: "string", default: "8x25,16x50" },
    warm: { type: "string", default: "20" },
    writer: { type: "string" },
    table: { type: "string" },
    appends: { type: "string" },
  },
});
const python = process.env.LAKETABLE_PEERS_PYTHON;

if (options.writer === undefined) await compare();
else await write();

async function compare() {
  const engines = python === undefined ? ["laketable"] : ["laketable", "delta-rs"];
  if (python === undefined) console.log("contention: LAKETABLE_PEERS_PYTHON names no Python with deltalake, so laketable runs alone");
  for (const name of options.cases.split(",")) {
    const [processes, appends] = name.split("x").map(Number);
    const results = await byTurns(engines, Number(options.runs), (engine) => race(engine, processes, appends));
    console.log(`contention: ${processes} processes x ${appends} appends of one row`);
    for (const [engine, runs] of Object.entries(results)) {
      const of = (what) => runs.map((run) => run[what]);
      const [rate, range] = [median(of("perSecond")), [Math.min(...of("perSecond")), Math.max(...of("perSecond"))]];
      console.log(
        `  ${engine.padEnd(10)} ${rate.toFixed(1)} commits/s (${range.map((each) => each.toFixed(1)).join("–")}), ` +
          `given up: ${of("failed").join(", ")} of ${processes * appends}, ` +
          `processors ${median(of("cpuMs")).toFixed(1)} ms per commit, slowest append ${median(of("slowestMs")).toFixed(0)} ms, n=${runs.length}`,
      );
    }
    if (engines.length > 1) {
      const ratios = results.laketable.map(({ perSecond }, turn) => perSecond / results["delta-rs"][turn].perSecond);
      console.log(`  laketable / delta-rs, turn by turn: ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}`);
    }
  }
}

async function race(engine, processes, appends) {
  const folder = mkdtempSync(join(tmpdir(), "laketable-contention-"));
  try {
    const { DeltaTable } = await laketable();
    const table = join(folder, "shared");
    await DeltaTable.create(table, { schema: { id: "long", name: "string" } });
    const writers = await Promise.all(Array.from({ length: processes }, (_, writer) => start(engine, folder, table, writer, appends)));
    const started = performance.now();
    const reports = await Promise.all(writers.map((writer) => writer.go()));
    const ms = performance.now() - started;
    const sum = (what) => reports.reduce((total, report) => total + report[what], 0);
    const done = sum("done");
    const ids = (await (await DeltaTable.open(table)).toArray({ columns: ["id"] })).map(({ id }) => id);
    if (ids.length !== done || new Set(ids).size !== done) throw new Error(`${engine}: ${ids.length} rows of ${done} acknowledged`);
    return {
      perSecond: (done / ms) * 1000,
      failed: sum("failed"),
      cpuMs: sum("cpuMs") / done,
      slowestMs: Math.max(...reports.map(({ slowestMs }) => slowestMs)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process that is warm and waits for a line. */
async function start(engine, folder, table, writer, appends) {
  const script = fileURLToPath(new URL("lib/append-deltalake.py", import.meta.url));
  const own = join(folder, `own-${writer}`);
  const [program, args] =
    engine === "laketable"
      ? [process.execPath, [self, `--writer=${writer}`, `--table=${table}`, `--appends=${appends}`, `--warm=${options.warm}`]]
      : [python, [script, table, own, String(writer), String(appends), options.warm]];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, LAKETABLE_BENCH_OWN: own } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).value !== "ready") throw new Error(`${engine}: a writer did not start`);
  return {
    async go() {
      child.stdin.end("go\n");
      return JSON.parse((await lines.next()).value);
    },
  };
}

async function write() {
  const { DeltaTable } = await laketable();
  const schema = { id: "long", name: "string" };
  const own = await DeltaTable.create(process.env.LAKETABLE_BENCH_OWN, { schema, workers: 0 });
  for (let i = 0; i < Number(options.warm); i++) await own.append([{ id: BigInt(i), name: `row ${i}` }]);
  const table = await DeltaTable.open(options.table, { workers: 0 });
  console.log("ready");
  await new Promise((resolve) => process.stdin.once("data", resolve));
  const before = process.cpuUsage();
  const report = { done: 0, failed: 0, slowestMs: 0, cpuMs: 0 };
  for (let i = 0; i < Number(options.appends); i++) {
    const started = performance.now();
    const row = { id: BigInt(options.writer) * 1_000_000n + BigInt(i), name: `row ${i}` };
    await table.append([row]).then(
      () => report.done++,
      () => report.failed++,
    );
    report.slowestMs = Math.max(report.slowestMs, performance.now() - started);
  }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ...report, cpuMs: (user + system) / 1000 }));
}
