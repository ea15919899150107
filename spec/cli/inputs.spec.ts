import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { createStoreResolver } from "../../src/storage/resolver.js";
import { lake, lakeRun, newFolder, rowsById } from "./run-lake.js";

const cwd = await newFolder();
beforeAll(() => mkdir("g"));

test("globs are files in the order of their names; several inputs are one commit; a file with a glob's name is itself", async () => {
  for (const name of ["g/b.csv", "g/a.csv", "g/[x].csv"]) await writeFile(name, `id,name\n1,${name}\n`);
  await writeFile("g/c.ndjson", '{"id":2,"name":"c"}\n');
  await lake(["create", "t", "--schema", "id long, name string", "--quiet"]);
  const inputs = ["g/?.csv", "g/[x].csv", join(cwd, "g/*.ndjson")];
  expect(JSON.parse(await lake(["append", "t", ...inputs, "--json"]))).toMatchObject({
    version: 1,
    metrics: { rowsInserted: 4 },
  });
  expect(await lake(["show", "t", "--format", "csv", "--columns", "name"])).toBe("name\ng/a.csv\ng/b.csv\ng/[x].csv\nc\n");
});

test("input that cannot be read is refused with its place, and nothing is written", async () => {
  await lake(["create", "bad", "--schema", "id long not null, name string, tags array<string>", "--quiet"]);
  const inputs: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ["a.ndjson", '{"id":1}\n{"id":2,}\n', /Line 2 of a\.ndjson is no JSON/],
    ["b.ndjson", '[{"id":1}]', /one object per line, without an array/],
    ["c.ndjson", '{"id":1}\n{"id":2,"nmae":"x"}\n', /^lake: Row 2 of c\.ndjson has the field "nmae"/],
    ["d.ndjson", '{"id":9223372036854775808}\n', /9223372036854775808/],
    ["e.ndjson", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), /not UTF-8/],
    ["f.csv", "id,name\n1\n", /no regular CSV/],
    ["g.csv", "id,ID\n1,2\n", /"id" and "ID", which differ only in case/],
    ["n.csv", "id,id\n1,2\n", /two columns "id"/],
    ["h.csv", "id,name\nseven,x\n", /Row 1 of h\.csv, column "id": "seven" is not a long\. Pass a whole number/],
    ["i.csv", "id,tags\n1,[\n", /is nested/],
    ["j.arrow", "nonsense", /no readable Arrow/],
    ["l.arrow", "", /is empty/],
    ["m.csv", "", /is empty: CSV begins with/],
    ["k.parquet", "PAR1 nonsense PAR1", /k\.parquet/],
    ["g", "", /is a folder/],
  ];
  const refused = inputs.map(async ([name, content, says]) => {
    if (name.includes(".")) await writeFile(name, content);
    const { code, stdout, stderr } = await lakeRun(["append", "bad", name]);
    expect([name, code, stdout]).toEqual([name, 1, ""]);
    expect(stderr).toMatch(says);
  });
  await Promise.all(refused);
  expect(await readdir("bad")).toEqual(["_delta_log"]);
  expect((await readdir("bad/_delta_log")).filter((name) => name.endsWith(".json"))).toHaveLength(1);
});

test("cells stand between commas, in .tsv files between tabs, or between what --delimiter says", async () => {
  await lake(["create", "d", "--schema", "id long, name string", "--quiet"]);
  await writeFile("d.tsv", "id\tname\n1\t\n");
  await writeFile("d.csv", 'id;name\n2;"a;b"\n');
  await lake(["append", "d", "d.tsv", "--quiet"]);
  expect(await lakeRun(["append", "d", "d.csv"])).toMatchObject({ code: 1, stderr: expect.stringContaining('Add --delimiter ";"') });
  await lake(["append", "d", "d.csv", "--delimiter", ";", "--quiet"]);
  await lake(["append", "d", "-", "--format", "csv", "--delimiter", "tab", "--quiet"], { stdin: "id\tname\n3\tc\n" });
  expect(await rowsById("d")).toEqual([
    { id: 1, name: null },
    { id: 2, name: "a;b" },
    { id: 3, name: "c" },
  ]);
  expect(await lakeRun(["append", "d", "d.csv", "--delimiter", "::"])).toMatchObject({ code: 2 });
});

test("objects of other stores are read by their URL", async () => {
  const store = createStoreResolver().resolve("memory://incoming");
  await store.put("a.csv", Buffer.from("id,name\n5,five\n"));
  await store.put("b.ndjson", Buffer.from('{"id":6,"name":"six"}\n'));
  await lake(["create", "o", "--schema", "id long, name string", "--quiet"]);
  await lake(["append", "o", "memory://incoming/a.csv", "memory://incoming/b.ndjson", "--quiet"]);
  for (const format of ["parquet", "arrow"]) {
    await store.put(`o.${format}`, (await lakeRun(["show", "o", "--limit", "1", "--format", format])).bytes);
    await lake(["append", "o", `memory://incoming/o.${format}`, "--quiet"]);
  }
  expect((await rowsById("o")).map(({ id }) => id)).toEqual([5, 5, 5, 6]);
});

test.each([
  ["gs://bucket/rows.csv", 2, "storage/unknown-scheme"],
  ["memory://incoming/none.csv", 1, "storage/not-found"],
  ["memory://incoming/none.parquet", 1, "storage/not-found"],
  ["missing-*.csv", 1, "storage/not-found"],
])("%s, which is not there, is refused by name", async (input, code, errorCode) => {
  const { stderr, ...run } = await lakeRun(["append", "t", input, "--json"]);
  expect(run).toMatchObject({ code, stdout: "" });
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: errorCode } });
});
