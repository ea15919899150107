// Reads a whole Parquet file with laketable and loads it into memory with DuckDB, by turns, each in its own process.
// npm run build && node bench/parquet-read.mjs [--file=F.parquet] [--rows=5000000] [--turns=5] [--threads=2] [--columns=a,b]
// Prints medians, their ratio and peak memory. The values of both are compared first: a wrong read has no time.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    file: { type: "string" },
    rows: { type: "string", default: "5000000" },
    turns: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    columns: { type: "string" },
    engine: { type: "string" },
    check: { type: "boolean", default: false },
  },
});
const threads = Number(options.threads);
const columns = options.columns?.split(",");
const WARM_UPS = 1;
const RUNS = 3;

const engines = { laketable, duckdb };

if (options.engine === undefined) await compare();
else console.log(JSON.stringify(await engines[options.engine](options.file)));

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), "parquet-read-"));
  try {
    const file = options.file ?? (await makeFile(join(folder, "rows.parquet")));
    const check = Object.keys(engines).map((engine) => JSON.stringify(run(engine, file, ["--check"]).sums));
    if (check[0] !== check[1]) throw new Error(`the engines disagree:\n${check.join("\n")}`);
    const turns = Array.from({ length: Number(options.turns) }, (_, turn) => {
      const order = turn % 2 === 0 ? ["laketable", "duckdb"] : ["duckdb", "laketable"];
      return Object.fromEntries(order.map((engine) => [engine, run(engine, file)]));
    });
    const of = (engine, what) => median(turns.map((turn) => turn[engine][what]));
    for (const engine of Object.keys(engines)) {
      const [warm, first, peak] = ["ms", "firstMs", "peakMb"].map((what) => of(engine, what).toFixed(0));
      console.log(`${engine.padEnd(10)} ${warm} ms warm, ${first} ms first, peak ${peak} MB`);
    }
    const ratios = turns.map(({ laketable, duckdb }) => laketable.ms / duckdb.ms);
    console.log(`laketable / DuckDB, median of pairs: ${median(ratios).toFixed(2)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(engine, file, more = []) {
  const own = [`--engine=${engine}`, `--file=${file}`, `--threads=${threads}`, ...(columns ? [`--columns=${columns}`] : [])];
  return JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...own, ...more], { encoding: "utf8" }));
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

async function timed(read) {
  const times = [];
  for (let i = 0; i < WARM_UPS + RUNS; i++) {
    const start = performance.now();
    await read();
    times.push(performance.now() - start);
  }
  return { ms: median(times.slice(WARM_UPS)), firstMs: times[0], peakMb: process.resourceUsage().maxRSS / 1024 };
}

async function laketable(path) {
  const inParquet = ["range-reader", "metadata/footer", "metadata/file-schema", "read/read-file", "codec/codec-pool"].map(
    (module) => `parquet/${module}`,
  );
  const modules = await Promise.all(["storage/local-store", ...inParquet].map((module) => import(`../dist/${module}.js`)));
  const all = Object.assign({}, ...modules);
  const { createLocalStore, storeRangeReader, readFooter, schemaOfFile, readParquet, createPooledCodec } = all;
  const store = createLocalStore(dirname(path));
  const key = basename(path);
  const { size } = await store.head(key);
  const codec = createPooledCodec({ workers: threads, memoryLimitBytes: 1 << 30 });
  const read = async (visit) => {
    const file = storeRangeReader(store, { key, size });
    const footer = await readFooter(file);
    const { fields } = schemaOfFile(footer.schema, path);
    const wanted = fields.filter(({ name }) => columns === undefined || columns.includes(name));
    const pieces = readParquet(file, { codec, footer, columns: wanted.map((field) => ({ name: field.name, field, matchBy: "name" })) });
    for await (const { batch } of pieces) visit?.(batch, wanted);
  };
  if (!options.check) {
    const result = await timed(() => read());
    await codec.close();
    return result;
  }
  const sums = {};
  await read((batch, wanted) => {
    for (const [i, { name, type }] of wanted.entries()) {
      sums[name] ??= { count: 0n, sum: 0n };
      addColumn(sums[name], type.kind, batch.data.children[i]);
    }
  });
  await codec.close();
  return { sums: Object.fromEntries(Object.entries(sums).map(([name, { count, sum }]) => [name, [String(count), String(sum)]])) };
}

/** Non-null values and a whole-number sum of them: numbers and times by value (doubles in hundredths), strings by length. */
function addColumn(total, kind, { length, nullCount, values, valueOffsets, nullBitmap, offset }) {
  total.count += BigInt(length - nullCount);
  let sum = 0;
  for (let row = 0; row < length; row++) {
    if (nullCount > 0 && ((nullBitmap[(offset + row) >> 3] >> ((offset + row) & 7)) & 1) === 0) continue;
    if (kind === "string") sum += valueOffsets[row + 1] - valueOffsets[row];
    else if (kind === "double") sum += Math.round(values[row] * 100);
    else if (typeof values[row] === "bigint") total.sum += values[row];
    else sum += values[row];
  }
  total.sum += BigInt(sum);
}

async function duckdb(path) {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:", { threads: String(threads) })).connect();
  const list = columns === undefined ? "*" : columns.map((name) => `"${name}"`).join(", ");
  const load = () => connection.run(`CREATE OR REPLACE TABLE t AS SELECT ${list} FROM read_parquet('${path}')`);
  if (!options.check) return timed(load);
  await load();
  const described = await (await connection.runAndReadAll("DESCRIBE t")).getRowObjects();
  const sums = {};
  for (const { column_name: name, column_type: type } of described) {
    const forms = {
      VARCHAR: `octet_length("${name}"::BLOB)`,
      DOUBLE: `round("${name}" * 100)::HUGEINT`,
      DATE: `("${name}" - DATE '1970-01-01')`,
      TIMESTAMP: `epoch_us("${name}")`,
    };
    const select = `SELECT count("${name}"), coalesce(sum(${forms[type] ?? `"${name}"`}), 0)::HUGEINT FROM t`;
    const [[count, sum]] = (await connection.runAndReadAll(select)).getRows();
    sums[name] = [String(count), String(sum)];
  }
  return { sums };
}

async function makeFile(path) {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const rows = Number(options.rows);
  await connection.run(`
    COPY (
      SELECT i AS id, (hash(i) % 1500000)::BIGINT AS orderkey, (hash(i + 1) % 50)::INTEGER AS qty,
             (hash(i + 2) % 10000000) / 100.0::DOUBLE AS price, DATE '2020-01-01' + (hash(i + 3) % 1500)::INTEGER AS shipdate,
             ['AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB', 'REG AIR'][1 + (hash(i + 4) % 7)::INTEGER] AS mode,
             'comment ' || (hash(i + 5) % 1000003) AS comment, TIMESTAMP '2020-01-01' + to_seconds(i) AS ts
      FROM range(${rows}) r(i)
    ) TO '${path}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${Math.ceil(rows / 10)})`);
  return path;
}
