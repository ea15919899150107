import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { parquetMetadata } from "hyparquet";
import { beforeAll, describe, expect, test } from "vitest";
import { lake, newFolder, runLake, startLake } from "./run-lake.js";

const cwd = await newFolder();
const schema = "l long, b binary, d double, s string, m decimal(20,2), dt date, ts timestamp, tags array<string>";
const rows = [
  '{"l":9223372036854775807,"b":"AP8=","d":"NaN","s":"","m":"12345678901234567.89","dt":"2026-01-02",' +
    '"ts":"2026-01-02T03:04:05.123456Z","tags":["a",null]}\n',
  '{"l":-9223372036854775808,"b":"","d":"-Infinity","s":" \\"a\\",\\nb","m":null,"dt":null,"ts":null,"tags":[]}\n',
  '{"l":null,"b":null,"d":-0.0,"s":null,"m":"-1.00","dt":"1969-12-31","ts":"1969-12-31T23:59:59.999999Z","tags":null}\n',
].join("");
/** More than a pipe holds, in every format for which that is tried. */
const manyRows = 60_000;

beforeAll(async () => {
  const numbers = Array.from({ length: manyRows }, (_, id) => `${id},name ${id}\n`).join("");
  await Promise.all([
    (async () => {
      await lake(["create", "many", "--schema", "id long, name string", "--quiet"], { cwd });
      await lake(["append", "many", "-", "--format", "csv", "--quiet"], { cwd, stdin: `id,name\n${numbers}` });
    })(),
    (async () => {
      await lake(["create", "few", "--schema", schema, "--quiet"], { cwd });
      await lake(["append", "few", "-", "--format", "ndjson", "--quiet"], { cwd, stdin: rows });
    })(),
  ]);
});

test.concurrent.each(["csv", "ndjson", "arrow", "parquet"])(
  "what show prints as %s is what append reads, by name and from stdin",
  async (format) => {
    const shown = await runLake(["show", "few", "--format", format], { cwd });
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    const file = `few.${format}`;
    await writeFile(join(cwd, file), shown.bytes);
    await lake(["create", `from-${format}`, "--schema", schema, "--quiet"], { cwd });
    expect(await lake(["append", `from-${format}`, file, "--quiet"], { cwd })).toBe("");
    await lake(["append", `from-${format}`, "-", "--format", format, "--quiet"], { cwd, stdin: shown.bytes });
    expect(await lake(["show", `from-${format}`, "--json"], { cwd })).toBe(rows + rows);
  },
);

describe("20 rows unless told otherwise", () => {
  const lineCount = (bytes: Buffer): number => bytes.toString().split("\n").length - 1;
  const counts: Readonly<Record<string, (bytes: Buffer) => number>> = {
    table: (bytes) => [...bytes.toString().matchAll(/^│ +\d+ │/gm)].length,
    ndjson: lineCount,
    csv: (bytes) => lineCount(bytes) - 1,
    arrow: (bytes) => tableFromIPC(bytes).numRows,
    parquet: (bytes) => Number(parquetMetadata(new Uint8Array(bytes).buffer).num_rows),
  };

  test.concurrent.each(Object.entries(counts))("as %s", async (format, count) => {
    const { code, bytes } = await runLake(["show", "many", "--format", format], { cwd });
    expect({ code, rows: count(bytes) }).toEqual({ code: 0, rows: 20 });
  });

  test.concurrent("a table says that there are more", async () => {
    expect(await lake(["show", "many", "--limit", "3"], { cwd })).toMatch(/\n3 rows of version 1, there are more \(--limit all\)\n$/);
  });

  test.concurrent("--limit all is every row", async () => {
    const { bytes } = await runLake(["show", "many", "--limit", "all", "--json"], { cwd });
    expect(lineCount(bytes)).toBe(manyRows);
  });
});

test.concurrent.each(["ndjson", "csv", "arrow", "table"])("a reader that closes the pipe early is no failure: %s", async (format) => {
  const child = startLake(["show", "many", "--limit", "all", "--format", format], { cwd });
  let stderr = "";
  child.stderr.on("data", (piece: Buffer) => (stderr += piece.toString()));
  child.stdout.once("data", () => child.stdout.destroy());
  const end = await new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal })));
  expect({ end, stderr }).toEqual({ end: { code: 0, signal: null }, stderr: "" });
});
