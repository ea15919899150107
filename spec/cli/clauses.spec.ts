import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { lake, lakeRun, ndjson, newFolder, rowsById } from "./run-lake.js";

await newFolder();

/** A table of three rows. */
async function newTable(name: string): Promise<void> {
  await lake(["create", name, "--schema", "id long, name string", "--quiet"]);
  const rows = ["a", "b", "c"].map((letter, index) => ({ id: index + 1, name: letter }));
  await lake(["append", name, "-", "--format", "ndjson", "--quiet"], { stdin: ndjson(rows) });
}

test("merge does the clauses it is told, deletes first, and only them", async () => {
  await newTable("m");
  const changes = [
    { id: 1, name: "gone" },
    { id: 2, name: "B" },
    { id: 9, name: "new" },
  ];
  await writeFile("m.ndjson", ndjson(changes));
  const clauses = ["--update-all", "--delete-when", "source.name = 'gone'", "--delete-not-in-source"];
  const done: unknown = JSON.parse(await lake(["merge", "m", "m.ndjson", "--on", "ID", ...clauses, "--json"]));
  expect(done).toMatchObject({ metrics: { rowsUpdated: 1, rowsDeleted: 2, rowsInserted: 0 } });
  expect(await rowsById("m")).toEqual([{ id: 2, name: "B" }]);
  await lake(["merge", "m", "m.ndjson", "--on", "target.id = source.id and true", "--insert-all"]);
  expect(await rowsById("m")).toEqual(changes);
});

test("update takes several assignments, each SQL after the first =", async () => {
  await newTable("u");
  const set = ["--set", "name = case when id = 1 then 'one' else name end", "--set", "`id`=id * 10"];
  await lake(["update", "u", ...set, "--where", "id <= 2"]);
  expect(await rowsById("u")).toEqual([
    { id: 3, name: "c" },
    { id: 10, name: "one" },
    { id: 20, name: "b" },
  ]);
});

test("what changes nothing says so, and --quiet says nothing", async () => {
  await newTable("q");
  expect(await lake(["delete", "q", "--where", "id = 99"])).toMatch(/^delete: nothing to change, still version 1 · /);
  expect(await lake(["delete", "q", "--where", "id = 1", "--quiet"])).toBe("");
  expect(await lake(["checkpoint", "q", "--quiet"])).toBe("");
  expect(await lake(["show", "q", "--quiet"])).toMatch(/┘\n$/);
});

test("create sets every --property, and --comment", async () => {
  const properties = ["--property", "delta.checkpointInterval=20", "--property", "owner = a=b"];
  await lake(["create", "p", "--schema", "id long", "--comment", "what it holds", ...properties, "--quiet"]);
  expect(JSON.parse(await lake(["detail", "p", "--json"]))).toMatchObject({
    description: "what it holds",
    properties: { "delta.checkpointInterval": "20", owner: "a=b" },
  });
  expect(await lakeRun(["create", "r", "--schema", "id long", "--property", "owner"])).toMatchObject({ code: 2, stdout: "" });
  const unknown = await lakeRun(["create", "r", "--schema", "id long", "--property", "delta.enableDeletionVectors=true"]);
  expect(unknown).toMatchObject({ code: 4, stdout: "", stderr: expect.stringContaining("[delta/unsupported-feature]") });
});

test("create --if-exists open leaves a table as it is", async () => {
  await newTable("x");
  const again = ["create", "x", "--schema", "other int", "--if-exists", "open"];
  expect(await lake(again)).toMatch(/^create: there is a table already, version 1 · 2 columns · /);
  expect(JSON.parse(await lake([...again, "--json"]))).toMatchObject({ version: 1, created: false });
});

describe("columns that the table lacks", () => {
  const stdin = ndjson([{ id: 4, born: { year: 1996 } }]);
  const load = (...args: readonly string[]): Promise<unknown> => lakeRun([...args, "--format", "ndjson"], { stdin });

  test("are refused, and the refusal names the flag that adds them", async () => {
    await newTable("e");
    expect(await load("append", "e", "-")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("pass --merge-schema to"),
    });
    expect(await load("overwrite", "e", "-", "--yes")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("pass --overwrite-schema to"),
    });
  });

  test("are added with the flag", async () => {
    await load("append", "e", "-", "--merge-schema");
    expect((await rowsById("e")).at(-1)).toEqual({ id: 4, name: null, born: { year: 1996 } });
    await newTable("g");
    await load("merge", "g", "-", "--on", "id", "--merge-schema");
    expect((await rowsById("g")).at(-1)).toEqual({ id: 4, name: null, born: { year: 1996 } });
    await load("overwrite", "g", "-", "--overwrite-schema", "--yes");
    expect(await rowsById("g")).toEqual([{ id: 4, born: { year: 1996 } }]);
  });
});

test("a text without quotes is shown as a shell has to write it", async () => {
  await lake(["create", "unquoted", "--schema", "id long, name string"]);
  const { code, stderr } = await lakeRun(["update", "unquoted", "--set", "name = Bob"]);
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("did you mean 'Bob'?") });
});
