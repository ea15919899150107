// One of several writers that are killed: node mixed-process.mjs LIBRARY URL JOURNAL WRITER COUNT
// Every statement is in the journal, on the disk, before it begins and after it is acknowledged; a new life goes on from there.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";

const [, , library, url, journal, writer, count] = process.argv;
const { DeltaTable } = await import(library);

const lines = existsSync(journal)
  ? readFileSync(journal, "utf8")
      .split("\n")
      .filter((line) => line.endsWith("}"))
      .map((line) => JSON.parse(line))
  : [];
const ended = new Set(lines.filter(({ event }) => event !== "begin").map(({ number }) => number));
const begun = lines.filter(({ event }) => event === "begin");
const file = openSync(journal, "a");
// A kill may have cut the last line in two.
tell({ event: "life", number: -1 });

const table = await DeltaTable.open(url, { workers: 0 });
const last = begun.at(-1);
// Of a statement that was cut off nobody knows whether it happened. One with a txn is run again, whatever became of it.
if (last !== undefined && last.statement.kind === "ingest" && !ended.has(last.number)) await run(last.number, last.statement);
for (let number = (last?.number ?? -1) + 1; number < Number(count); number++) await run(number, statementOf(number));
closeSync(file);

function tell(entry) {
  writeSync(file, `\n${JSON.stringify(entry)}\n`);
  fsyncSync(file);
}

/** Everybody has keys of his own, ten for a statement, and goes back to those of an earlier one. */
function statementOf(number) {
  const base = Number(writer) * 1_000_000;
  const own = base + number * 10;
  const earlier = base + Math.floor(Math.random() * (number + 1)) * 10;
  const kinds = ["append", "ingest", "merge", "merge", "update", "delete", "overwrite"];
  const kind = number === 0 ? "append" : kinds[Math.floor(Math.random() * kinds.length)];
  const keys = Array.from({ length: 4 }, (_, at) => own + at);
  if (kind === "merge") keys.push(...Array.from({ length: 3 }, (_, at) => earlier + at));
  return { kind, from: earlier, to: earlier + 10, keys: kind === "overwrite" ? [earlier + 7, earlier + 8] : keys, value: number };
}

async function run(number, statement) {
  tell({ event: "begin", number, statement });
  try {
    const { version, skipped } = await perform(statement, `${writer}/${number}`);
    tell({ event: "done", number, version, skipped: skipped === true });
  } catch (error) {
    tell({ event: "failed", number, code: error.code ?? "none", message: String(error) });
  }
}

function perform({ kind, from, to, keys, value }, userMetadata) {
  const rows = [...new Set(keys)].map((k) => ({ k, v: value, part: k % 3 }));
  const where = `k >= ${from} and k < ${to}`;
  if (kind === "append") return table.append(rows, { userMetadata });
  if (kind === "ingest") return table.append(rows, { userMetadata, txn: { appId: `writer ${writer}`, version: value } });
  if (kind === "update") return table.update({ set: { v: "(v * 31 + 7) % 1000003" }, where, userMetadata });
  if (kind === "delete") return table.delete({ where, userMetadata });
  if (kind === "overwrite") return table.overwrite(rows, { where, userMetadata });
  return table
    .merge({ source: rows, on: ["k"], userMetadata })
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .execute();
}
