import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { lake, lakeRun, newFolder } from "./run-lake.js";

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
    ["b.ndjson", '[{"id":1}]', /one object per line/],
    ["c.ndjson", '{"id":1,"nmae":"x"}\n', /nmae/],
    ["d.ndjson", '{"id":9223372036854775808}\n', /9223372036854775808/],
    ["e.ndjson", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), /not UTF-8/],
    ["f.csv", "id,name\n1\n", /no regular CSV/],
    ["g.csv", "id,ID\n1,2\n", /twice/],
    ["h.csv", "id,name\nseven,x\n", /seven/],
    ["i.csv", "id,tags\n1,[\n", /is nested/],
    ["j.arrow", "nonsense", /no readable Arrow/],
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

test("other places than the disk are refused by name", async () => {
  const codes = await Promise.all(
    ["s3://bucket/rows.parquet", "gs://bucket/rows.parquet", "missing-*.csv"].map(async (input) => {
      const { code, stderr } = await lakeRun(["append", "t", input]);
      return [code, /\[(.*)\]\n$/.exec(stderr)?.[1]];
    }),
  );
  expect(codes).toEqual([
    [4, "delta/unsupported-feature"],
    [2, "storage/unknown-scheme"],
    [1, "storage/not-found"],
  ]);
});
