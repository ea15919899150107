// Writes a table that is in memory as one Parquet file, with laketable and with DuckDB, by turns, each in its own process.
// npm run build && node bench/parquet-write.mjs [--rows=5000000] [--turns=5] [--threads=2] [--compressions=snappy,zstd] [--rowGroupMb=…]
// Prints medians of time, processor time, file size and peak memory, and the median ratio. Both files are compared first.
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "5000000" },
    turns: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    compressions: { type: "string", default: "snappy,zstd" },
    rowGroupMb: { type: "string" },
    engine: { type: "string" },
    from: { type: "string" },
    to: { type: "string" },
    compression: { type: "string" },
  },
});
const threads = Number(options.threads);
const WARM_UPS = 1;
const RUNS = 3;
const columnNames = ["id", "orderkey", "qty", "price", "shipdate", "mode", "comment", "ts"];

const engines = { laketable, duckdb };

if (options.engine === undefined) await compare();
else console.log(JSON.stringify(await engines[options.engine](options.from, options.to, options.compression)));

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), "parquet-write-"));
  try {
    const from = await makeFile(join(folder, "rows.parquet"));
    for (const compression of options.compressions.split(",")) {
      const run = (engine) => {
        const to = join(folder, `${engine}.parquet`);
        const own = [`--engine=${engine}`, `--from=${from}`, `--to=${to}`, `--compression=${compression}`, `--threads=${threads}`];
        const more = options.rowGroupMb === undefined ? [] : [`--rowGroupMb=${options.rowGroupMb}`];
        return JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...own, ...more], { encoding: "utf8" }));
      };
      const turns = [];
      for (let turn = 0; turn < Number(options.turns); turn++) {
        const order = turn % 2 === 0 ? ["laketable", "duckdb"] : ["duckdb", "laketable"];
        turns.push(Object.fromEntries(order.map((engine) => [engine, run(engine)])));
        if (turn === 0) await assertSameRows(from, join(folder, "laketable.parquet"));
      }
      const of = (engine, what) => median(turns.map((turn) => turn[engine][what]));
      for (const engine of Object.keys(engines)) {
        const [ms, cpuMs, mb, peakMb, baseMb] = ["ms", "cpuMs", "mb", "peakMb", "baseMb"].map((what) => of(engine, what).toFixed(0));
        console.log(
          `${compression.padEnd(7)} ${engine.padEnd(10)} ${ms} ms, ${cpuMs} ms of processors, ${mb} MB, peak ${peakMb} MB (${baseMb} MB before)`,
        );
      }
      const ratio = (what) => median(turns.map(({ laketable, duckdb }) => laketable[what] / duckdb[what])).toFixed(2);
      console.log(`${compression.padEnd(7)} laketable / DuckDB, median of pairs: time ${ratio("ms")}, processor time ${ratio("cpuMs")}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

async function timed(to, write) {
  const baseMb = process.memoryUsage().rss / 1e6;
  const runs = [];
  for (let i = 0; i < WARM_UPS + RUNS; i++) {
    const before = process.cpuUsage();
    const start = performance.now();
    await write();
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    runs.push({ ms, cpuMs: (user + system) / 1000 });
  }
  const warm = runs.slice(WARM_UPS);
  const of = (what) => median(warm.map((run) => run[what]));
  return { ms: of("ms"), cpuMs: of("cpuMs"), mb: statSync(to).size / 1e6, peakMb: process.resourceUsage().maxRSS / 1024, baseMb };
}

async function laketable(from, to, compression) {
  const names = [
    "storage/local-store",
    "parquet/range-reader",
    "parquet/metadata/footer",
    "parquet/metadata/file-schema",
    "parquet/read/read-file",
    "parquet/write/write-file",
  ];
  const modules = await Promise.all([...names, "parquet/codec/codec-pool", "base/memory"].map((name) => import(`../dist/${name}.js`)));
  const [{ createLocalStore }, { storeRangeReader }, { readFooter }, { schemaOfFile }, { readParquet }, { createParquetWriter }] =
    modules;
  const [{ createPooledCodec }, { createMemoryBudget }] = modules.slice(6);
  const store = createLocalStore(dirname(from));
  const key = basename(from);
  const file = storeRangeReader(store, { key, size: (await store.head(key)).size });
  const footer = await readFooter(file);
  const schema = schemaOfFile(footer.schema, from);
  const codec = createPooledCodec({ workers: threads, memoryLimitBytes: 2 ** 29 });
  const batches = [];
  const columns = schema.fields.map((field) => ({ name: field.name, field, matchBy: "name" }));
  for await (const { batch } of readParquet(file, { codec, footer, columns })) batches.push(batch);
  const result = await timed(to, async () => {
    const sink = plainSink(to);
    const memory = createMemoryBudget(2 ** 30);
    const targetRowGroupBytes = options.rowGroupMb === undefined ? undefined : Number(options.rowGroupMb) * 2 ** 20;
    const writer = createParquetWriter({ sink, path: to, schema, compression, formatVersion: "1.0", codec, memory, targetRowGroupBytes });
    for (const batch of batches) await writer.write(batch);
    await writer.close();
  });
  await codec.close();
  return result;
}

/** Neither engine waits for the disk. */
function plainSink(path) {
  const file = openSync(path, "w");
  let size = 0;
  return {
    write: async (bytes) => {
      size += writeSync(file, bytes);
    },
    close: async () => {
      closeSync(file);
      return { key: path, size, modifiedMs: 0 };
    },
    abort: async () => closeSync(file),
  };
}

async function duckdb(from, to, compression) {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:", { threads: String(threads) })).connect();
  await connection.run(`CREATE TABLE t AS SELECT * FROM read_parquet('${from}')`);
  return timed(to, () => connection.run(`COPY t TO '${to}' (FORMAT parquet, COMPRESSION ${compression})`));
}

async function assertSameRows(a, b) {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const list = columnNames.join(", ");
  const sum = `SELECT count(*), sum(hash(${list})::HUGEINT) FROM`;
  const [one, other] = await Promise.all(
    [a, b].map(async (path) => String((await connection.runAndReadAll(`${sum} '${path}'`)).getRows())),
  );
  if (one !== other) throw new Error(`what was written is not what was read: ${one} and ${other}`);
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
