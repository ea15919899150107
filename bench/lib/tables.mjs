// Tables for benchmarks: made here with DuckDB and laketable, or private copies of tables that exist.
import { copyFileSync, linkSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The library as it was built: `npm run build` first. */
export const laketable = () => import("../../dist/index.js");

export async function duckdb() {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  return (await DuckDBInstance.create(":memory:")).connect();
}

/** Columns like those of an event log; `seed` varies all values but the id. */
export function eventColumns(id, seed) {
  const h = (n) => `hash(${id} * 16 + ${n} + ${seed} * 7919)`;
  return `
    (${id})::BIGINT AS id, (${h(1)} % 1000000)::BIGINT AS user_id, to_timestamp(1672531200 + (${h(2)} % 63072000)::BIGINT) AS ts,
    'C' || lpad((${h(3)} % 200)::VARCHAR, 3, '0') AS country, 'category-' || lpad((${h(4)} % 1000)::VARCHAR, 4, '0') AS category,
    ((${h(5)} % 5000000)::BIGINT / 100.0)::DECIMAL(12,2) AS amount, (${h(6)} % 1000000) / 1000.0::DOUBLE AS score,
    left(md5((${h(7)})::VARCHAR), 16 + (${h(7)} % 9)::INTEGER) AS note, ${h(8)} % 10 < 3 AS flag`;
}

/** A table of `rows` rows in `files` files: in the order of their ids, or each file with ids from everywhere. */
export async function makeTable(folder, { rows, files, scattered }) {
  const { DeltaTable, readParquet } = await laketable();
  const connection = await duckdb();
  mkdirSync(folder, { recursive: true });
  const part = `${folder}.part.parquet`;
  let table;
  for (let file = 0; file < files; file++) {
    const chosen = scattered ? `hash(i) % ${files} = ${file}` : `i * ${files} // ${rows} = ${file}`;
    await connection.run(`COPY (SELECT ${eventColumns("i", 1)} FROM range(${rows}) r(i) WHERE ${chosen}) TO '${part}' (FORMAT parquet)`);
    const batches = await collect(readParquet(part));
    table ??= await DeltaTable.create(folder, { schema: batches[0].schema });
    await table.append(batches);
  }
  connection.closeSync();
}

export async function collect(batches) {
  const all = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

/** A copy of a table to be written to: data files are hard links, the log is a copy. */
export function privateCopy(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) privateCopy(source, target);
    else if (from.includes("_delta_log")) copyFileSync(source, target);
    else link(source, target);
  }
  return to;
}

function link(source, target) {
  try {
    linkSync(source, target);
  } catch (error) {
    if (error.code !== "EXDEV") throw error;
    copyFileSync(source, target);
  }
}

/** The data files of the newest version by the log's own commits: a second opinion, without any engine. No checkpoints, no DVs. */
export function filesOf(folder) {
  const log = join(folder, "_delta_log");
  const files = new Set();
  const commits = readdirSync(log).filter((name) => /^\d{20}\.json$/.test(name));
  if (!commits.includes("00000000000000000000.json")) throw new Error(`${folder}: the log does not begin at version 0`);
  for (const name of commits.sort()) {
    for (const line of readFileSync(join(log, name), "utf8").split("\n")) {
      if (line === "") continue;
      const { add, remove } = JSON.parse(line);
      if (add !== undefined) files.add(decodeURIComponent(add.path));
      if (remove !== undefined) files.delete(decodeURIComponent(remove.path));
    }
  }
  return [...files].map((path) => join(folder, path));
}
