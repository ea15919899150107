import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lake, newFolder, runLake } from "./run-lake.js";

const cwd = await newFolder();
const schema = "id long, name string";
const ndjson = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** A table of three rows, and the rows of a table by id. */
async function newTable(name: string): Promise<void> {
  await lake(["create", name, "--schema", schema, "--quiet"], { cwd });
  const rows = ["a", "b", "c"].map((letter, index) => ({ id: index + 1, name: letter }));
  await lake(["append", name, "-", "--format", "ndjson", "--quiet"], { cwd, stdin: ndjson(rows) });
}

async function rowsOf(table: string): Promise<readonly unknown[]> {
  const lines = (await lake(["show", table, "--json"], { cwd })).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as { id: number }).sort((a, b) => a.id - b.id);
}

test.concurrent("merge does the clauses it is told, deletes first, and only them", async () => {
  await newTable("m");
  const changes = [
    { id: 1, name: "gone" },
    { id: 2, name: "B" },
    { id: 9, name: "new" },
  ];
  await writeFile(join(cwd, "m.ndjson"), ndjson(changes));
  const clauses = ["--update-all", "--delete-when", "source.name = 'gone'", "--delete-not-in-source"];
  const done: unknown = JSON.parse(await lake(["merge", "m", "m.ndjson", "--on", "id", ...clauses, "--json"], { cwd }));
  expect(done).toMatchObject({ metrics: { rowsUpdated: 1, rowsDeleted: 2, rowsInserted: 0 } });
  expect(await rowsOf("m")).toEqual([{ id: 2, name: "B" }]);
  await lake(["merge", "m", "m.ndjson", "--on", "ID", "--insert-all"], { cwd });
  expect(await rowsOf("m")).toEqual([
    { id: 1, name: "gone" },
    { id: 2, name: "B" },
    { id: 9, name: "new" },
  ]);
});

test.concurrent("update takes several assignments, each SQL after the first =", async () => {
  await newTable("u");
  await lake(
    ["update", "u", "--set", "name = case when id = 1 then 'one' else name end", "--set", "`id`=id * 10", "--where", "id <= 2"],
    {
      cwd,
    },
  );
  expect(await rowsOf("u")).toEqual([
    { id: 3, name: "c" },
    { id: 10, name: "one" },
    { id: 20, name: "b" },
  ]);
  for (const set of [
    ["--set", "name"],
    ["--set", "name = 'x'", "--set", "name = 'y'"],
  ]) {
    expect(await runLake(["update", "u", ...set], { cwd })).toMatchObject({ code: 2, stdout: "" });
  }
});

test.concurrent("what changes nothing says so, and --quiet says nothing", async () => {
  await newTable("q");
  expect(await lake(["delete", "q", "--where", "id = 99"], { cwd })).toMatch(/^delete: nothing to change, still version 1 · /);
  expect(await lake(["delete", "q", "--where", "id = 1", "--quiet"], { cwd })).toBe("");
  expect(await lake(["checkpoint", "q", "--quiet"], { cwd })).toBe("");
});

test.concurrent("append --merge-schema adds the columns that the input has; without it they are refused", async () => {
  await newTable("e");
  const stdin = ndjson([{ id: 4, born: { year: 1996 } }]);
  expect(await runLake(["append", "e", "-", "--format", "ndjson"], { cwd, stdin })).toMatchObject({ code: 1, stdout: "" });
  await lake(["append", "e", "-", "--format", "ndjson", "--merge-schema"], { cwd, stdin });
  expect((await rowsOf("e")).at(-1)).toEqual({ id: 4, name: null, born: { year: 1996 } });
});
