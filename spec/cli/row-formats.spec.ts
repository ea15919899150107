import { writeFile } from "node:fs/promises";
import { tableFromIPC } from "apache-arrow";
import { parquetMetadata } from "hyparquet";
import { beforeAll, describe, expect, test } from "vitest";
import { lake, lakeFailingToWrite, lakeRun, newFolder } from "./run-lake.js";

await newFolder();
/** One column of every kind that JSON, CSV and Arrow spell differently. */
const schema =
  "l long, i int, d double, f float, m decimal(38,3), s string, b binary, ok boolean, dt date, ts timestamp, n timestamp_ntz, " +
  "tags array<string>, k map<string,long>, st struct<a:int,b:array<decimal(5,2)>>";
const rows = [
  '{"l":9223372036854775807,"i":-5,"d":"NaN","f":0.5,"m":"12345678901234567890123456789012345.678","s":" \\"a\\",\\n日本 🎉","b":"AP8=",' +
    '"ok":true,"dt":"0001-01-01","ts":"9999-12-31T23:59:59.999999Z","n":"2026-01-31T12:00:00.000001","tags":["a",null,""],' +
    '"k":{"k":-9223372036854775808},"st":{"a":1,"b":["1.25",null]}}\n',
  '{"l":-9007199254740993,"i":0,"d":"-Infinity","f":"Infinity","m":"0.000","s":"","b":"","ok":false,"dt":"2026-01-31",' +
    '"ts":"1969-12-31T23:59:59.999999Z","n":"0001-01-01T00:00:00.000000","tags":[],"k":{},"st":{"a":null,"b":null}}\n',
  '{"l":0,"i":null,"d":-0.0,"f":null,"m":null,"s":null,"b":null,"ok":null,"dt":null,"ts":null,"n":null,"tags":null,"k":null,"st":null}\n',
].join("");
const manyRows = 2600;

beforeAll(async () => {
  const numbers = Array.from({ length: manyRows }, (_, id) => `${id},name ${id}\n`).join("");
  await lake(["create", "many", "--schema", "id long, name string", "--quiet"]);
  await lake(["append", "many", "-", "--format", "csv", "--quiet"], { stdin: `id,name\n${numbers}` });
  await lake(["create", "few", "--schema", schema, "--quiet"]);
  await lake(["append", "few", "-", "--format", "ndjson", "--quiet"], { stdin: rows });
});

test("JSON has exact numbers, base64, NaN and infinities as text, maps as objects, and nothing else on stdout", async () => {
  expect(await lake(["show", "few", "--json"])).toBe(rows);
});

test.each(["csv", "ndjson", "arrow", "parquet"])(
  "what show prints as %s is what append reads, by name and from stdin",
  async (format) => {
    const shown = await lakeRun(["show", "few", "--format", format]);
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    const table = `from-${format}`;
    await writeFile(`few.${format}`, shown.bytes);
    await lake(["create", table, "--schema", schema, "--quiet"]);
    expect(await lake(["append", table, `few.${format}`, "--quiet"])).toBe("");
    await lake(["append", table, "-", "--format", format, "--quiet"], { stdin: shown.bytes });
    expect(await lake(["show", table, "--json"])).toBe(rows + rows);
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

  test.each(Object.entries(counts))("as %s", async (format, count) => {
    const shown = async (...more: readonly string[]): Promise<number> =>
      count((await lakeRun(["show", "many", "--format", format, ...more])).bytes);
    expect([await shown(), await shown("--limit", "7"), await shown("--limit", "0"), await shown("--limit", "all")]).toEqual([
      20,
      7,
      0,
      manyRows,
    ]);
  });

  test("a table says that there are more, and is drawn page by page under one heading", async () => {
    expect(await lake(["show", "many", "--limit", "3"])).toMatch(/\n3 rows of version 1, there are more \(--limit all\)\n$/);
    const text = await lake(["show", "many", "--limit", "2500"]);
    expect(text.match(/^[┌├└]/gm)).toEqual(["┌", "├", "└"]);
    expect(text.match(/^│/gm)).toHaveLength(1 + 2500);
  });
});

describe.each(["table", "csv", "ndjson", "arrow", "parquet"])("stdout that takes nothing, shown as %s", (format) => {
  const show = ["show", "many", "--limit", "all", "--format", format];

  test("ends the work quietly when its reader has closed it", async () => {
    expect(await lakeFailingToWrite(show, "EPIPE")).toEqual({ code: 0, stderr: "" });
  });

  test("is a failure otherwise", async () => {
    expect(await lakeFailingToWrite(show, "ENOSPC")).toEqual({ code: 1, stderr: expect.stringContaining("[storage/no-space]") });
  });
});

test("the rows are those of --where, in the columns of --columns, at --version or --timestamp", async () => {
  const query = ["show", "many", "--where", "id in (7, 8)", "--columns", "NAME,id", "--json"];
  expect(await lake(query)).toBe('{"name":"name 7","id":7}\n{"name":"name 8","id":8}\n');
  expect(await lake([...query, "--version", "0"])).toBe("");
  const [newest] = JSON.parse(await lake(["history", "many", "--json", "--limit", "1"])) as readonly { readonly timestamp: string }[];
  expect(await lake([...query, "--timestamp", newest?.timestamp ?? ""])).toBe(await lake([...query, "--version", "1"]));
});
