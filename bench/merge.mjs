// Merges 1 % of rows into a table, half of them new, with laketable and with delta-rs, by turns, each in its own process.
// npm run bench -- merge [--rows=1000000] [--runs=3] [--cases=rand,narrow]
//   rand: the keys lie in all files; narrow: in one of them.
// LAKETABLE_BENCH_DATA names a folder with base_10m, sorted_10m, src_rand_10m.parquet and src_narrow_10m.parquet to use instead.
// LAKETABLE_PEERS_PYTHON names a Python with deltalake and pyarrow; without it laketable runs alone.
// Every run starts from a private copy of the table. Rows, sums and counts of changed rows are compared before a time counts.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { assertSame, byTurns, printRatio, printRuns, runJson, timed } from "./lib/measure.mjs";
import { collect, duckdb, eventColumns, filesOf, laketable, makeTable, privateCopy } from "./lib/tables.mjs";

const self = fileURLToPath(import.meta.url);
const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    runs: { type: "string", default: "3" },
    cases: { type: "string", default: "rand,narrow" },
    step: { type: "string" },
    table: { type: "string" },
    source: { type: "string" },
  },
});
const python = process.env.LAKETABLE_PEERS_PYTHON;
const given = process.env.LAKETABLE_BENCH_DATA;
const FILES = 40;
const steps = { merge, prepare, check };

if (options.step === undefined) await compare();
else console.log(JSON.stringify(await steps[options.step](options.table, options.source)));

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), "laketable-merge-"));
  const engines = python === undefined ? ["laketable"] : ["laketable", "delta-rs", "delta-rs-nostream"];
  if (python === undefined) console.log("merge: LAKETABLE_PEERS_PYTHON names no Python with deltalake, so laketable runs alone");
  try {
    for (const name of options.cases.split(",")) {
      const { table, source } = given === undefined ? await makeInputs(folder, name) : givenInputs(name);
      // A step of its own: memory of this process would count as memory of those it starts.
      const prepared = join(folder, `${name}.table`);
      privateCopy(table, prepared);
      step("prepare", prepared, source);
      let expected;
      const results = await byTurns(engines, Number(options.runs), (engine) => {
        const copy = privateCopy(prepared, join(folder, "run"));
        try {
          const run = engine === "laketable" ? step("merge", copy, source) : delta(engine, copy, source);
          const answer = { changed: run.changed, ...step("check", copy, source) };
          expected ??= answer;
          assertSame(`merge ${name}`, { [engines[0]]: expected, [engine]: answer });
          return run;
        } finally {
          rmSync(copy, { recursive: true, force: true });
        }
      });
      const [inserted, updated] = expected.changed;
      printRuns(`merge ${name}: ${inserted} inserted, ${updated} updated, ${expected.count} rows then`, results);
      for (const other of engines.slice(1)) printRatio(results, "laketable", other);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function step(name, table, source) {
  return runJson(process.execPath, [self, `--step=${name}`, `--table=${table}`, `--source=${source}`]);
}

function delta(engine, table, source) {
  const script = fileURLToPath(new URL("lib/merge-deltalake.py", import.meta.url));
  return runJson(python, [script, table, source, engine === "delta-rs" ? "streamed" : "nostream"]);
}

/** Both engines write the same codec. */
async function prepare(path) {
  const { DeltaTable } = await laketable();
  const table = await DeltaTable.open(path);
  await table.alter.setProperties({ "delta.parquet.compression.codec": "snappy" });
  return {};
}

/** The source is in memory before the clock starts, as it is for delta-rs. */
async function merge(path, sourcePath) {
  const { DeltaTable, readParquet } = await laketable();
  const source = await collect(readParquet(sourcePath));
  const { value, ...times } = await timed(async () => {
    const table = await DeltaTable.open(path);
    const on = "t.id = s.id";
    return table
      .merge({ source, on, as: ["t", "s"] })
      .whenMatchedUpdateAll()
      .whenNotMatchedInsertAll()
      .execute();
  });
  const { rowsInserted, rowsUpdated, rowsDeleted } = value.metrics;
  return { ...times, changed: [rowsInserted, rowsUpdated, rowsDeleted] };
}

/** What the table says after the merge, as DuckDB reads the files that its log names. */
async function check(path) {
  const connection = await duckdb();
  const files = filesOf(path).map((file) => `'${file}'`);
  const sums = "count(*), sum(amount)::VARCHAR, sum(id)::VARCHAR";
  const all = `${sums}, sum(hash(id, user_id, epoch_us(ts), country, note, score)::HUGEINT)::VARCHAR`;
  const [row] = (await connection.runAndReadAll(`SELECT ${all} FROM read_parquet([${files.join(", ")}])`)).getRows();
  const [count, amount, ids, hash] = row.map(String);
  return { count, amount, ids, hash };
}

async function makeInputs(folder, name) {
  const rows = Number(options.rows);
  const [table, source] = [join(folder, `${name}.made`), join(folder, `${name}.source.parquet`)];
  const scattered = name === "rand";
  mkdirSync(table, { recursive: true });
  await makeTable(table, { rows, files: Math.min(FILES, Math.ceil(rows / 25_000)), scattered });
  const half = Math.ceil(rows / 200);
  // 7919 is prime to any round number of rows: multiples of it are distinct and lie everywhere.
  const old = scattered ? `(i * 7919) % ${rows}` : `${Math.floor(rows / 2)} + i`;
  const id = `CASE WHEN i < ${half} THEN ${old} ELSE ${rows} + i END`;
  const connection = await duckdb();
  const select = `SELECT ${eventColumns("id", 2)} FROM (SELECT ${id} AS id FROM range(${2 * half}) r(i))`;
  await connection.run(`COPY (${select}) TO '${source}' (FORMAT parquet)`);
  connection.closeSync();
  return { table, source };
}

function givenInputs(name) {
  const table = join(given, name === "rand" ? "base_10m" : "sorted_10m");
  const source = join(given, `src_${name}_10m.parquet`);
  for (const path of [table, source]) if (!existsSync(path)) throw new Error(`LAKETABLE_BENCH_DATA has no ${path}`);
  return { table, source };
}
