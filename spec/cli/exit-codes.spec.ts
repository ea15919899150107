import { readdir, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { lake, lakeRun, ndjson, newFolder, rowsById } from "./run-lake.js";

await newFolder();
const rows = [1, 2, 3].map((id) => ({ id, name: `n${id}` }));

beforeAll(async () => {
  await writeFile("rows.ndjson", ndjson(rows));
  await lake(["create", "t", "--schema", "id long, name string", "--quiet"]);
  await lake(["append", "t", "rows.ndjson", "--quiet"]);
});

const failures: readonly (readonly [code: number, what: string, args: readonly string[], says: RegExp])[] = [
  [1, "what is no table", ["show", "nowhere"], /nothing at all\. Check the path, or make one with lake create\. \[delta\/not-a-table\]/],
  [1, "a file for a table", ["show", "rows.ndjson"], /it is a file, and a table is a folder\..* \[delta\/not-a-table\]/],
  [1, "a table that is there already", ["create", "t", "--schema", "id long"], /--if-exists open\. \[delta\/table-exists\]/],
  [1, "a column that there is not", ["show", "t", "--columns", "nmae"], /no column "nmae"/],
  [1, "a version that there is not", ["show", "t", "--version", "99"], /versions 0 to 1/],
  [
    2,
    "an unknown option",
    ["show", "t", "--colums", "id"],
    /unknown option '--colums'\n\(Did you mean --columns\?\)\n\(see lake show --help\)/,
  ],
  [2, "an unknown command", ["shwo", "t"], /unknown command 'shwo'\n\(Did you mean show\?\)\n\(see lake --help\)/],
  [2, "no command at all", [], /^Usage: lake /],
  [2, "an argument that is missing", ["append", "t"], /missing required argument 'files'/],
  [2, "an option that is missing", ["update", "t"], /required option '--set /],
  [2, "a limit that is no number", ["show", "t", "--limit", "some"], /expected a whole number from 0/],
  [2, "a size that is none", ["show", "t", "--memory-limit", "much"], /expected a size such as 512MiB/],
  [2, "two options that exclude each other", ["overwrite", "t", "x.csv", "--where", "true", "--overwrite-schema"], /cannot be used with/],
  [2, "a predicate that is no SQL", ["show", "t", "--where", "id = = 1"], /\[expression\/syntax\]/],
  [2, "a moment without a zone", ["show", "t", "--timestamp", "yesterday"], /\[usage\/invalid-timestamp\]/],
  [2, "an assignment without =", ["update", "t", "--set", "name"], /--set takes "column = expression"/],
  [2, "a column that is assigned twice", ["update", "t", "--set", "name = 'x'", "--set", "name = 'y'"], /--set names name twice/],
  [2, "a format that its name does not say", ["append", "t", "-"], /The format of stdin [^]*Add --format/],
  [2, "an overwrite of every row off a terminal", ["overwrite", "t", "rows.ndjson"], /Add --yes[^]*Nothing was changed/],
  [2, "a kind of location that nobody knows", ["show", "gs://bucket/t"], /\[storage\/unknown-scheme\]/],
  [4, "a later command", ["optimize", "t", "--zorder", "id"], /lake optimize is not there yet[^]*Nothing was changed/],
  [
    4,
    "clustering columns",
    ["create", "c", "--schema", "id long", "--cluster-by", "id"],
    /--cluster-by [^]*\[delta\/unsupported-feature\]/,
  ],
];

describe("exit codes", () => {
  test.each(failures)("%i: %s", async (code, _what, args, says) => {
    const run = await lakeRun(args);
    expect(run).toMatchObject({ code, stdout: "" });
    expect(run.stderr).toMatch(says);
  });

  test("a refusal changes nothing", async () => {
    expect(await readdir(".")).toEqual(["rows.ndjson", "t"]);
    expect(await rowsById("t")).toEqual(rows);
    expect(JSON.parse(await lake(["history", "t", "--json"]))).toHaveLength(2);
  });

  test.each([
    [
      "a table that is missing",
      ["history", "nowhere", "--json"],
      1,
      { code: "delta/not-a-table", message: expect.stringContaining("lake create") },
    ],
    [
      "an option that is unknown",
      ["history", "t", "--limt", "1", "--json"],
      2,
      { code: "usage/invalid-option", message: expect.stringContaining("--limt") },
    ],
  ])("with --json a failure is one JSON document on stderr, and nothing on stdout: %s", async (_what, args, code, error) => {
    const run = await lakeRun(args);
    expect(run).toMatchObject({ code, stdout: "" });
    expect(JSON.parse(run.stderr)).toMatchObject({ error });
  });
});

describe("3: a rival commits between the read of the table and the commit", () => {
  /** The rows of stdin come when the table has been opened; the rival is done before the first. */
  async function* after(rival: () => Promise<unknown>, text: string): AsyncGenerator<Uint8Array> {
    await rival();
    yield Buffer.from(text);
  }

  test("and changes the same rows: nothing is written", async () => {
    await lake(["create", "c", "--schema", "id long, name string", "--quiet"]);
    await lake(["append", "c", "rows.ndjson", "--quiet"]);
    const rival = (): Promise<string> => lake(["update", "c", "--set", "name = 'rival'", "--where", "id = 2", "--quiet"]);
    const stdin = after(rival, '{"id":2,"name":"mine"}\n');
    const run = await lakeRun(["merge", "c", "-", "--on", "id", "--format", "ndjson"], { stdin });
    expect(run).toMatchObject({ code: 3, stdout: "", stderr: expect.stringMatching(/\[delta\/conflict\]\n$/) });
    expect(await rowsById("c")).toEqual(rows.map((row) => (row.id === 2 ? { ...row, name: "rival" } : row)));
  });

  test("and only adds rows: an append is tried again on top of it", async () => {
    await lake(["create", "a", "--schema", "id long", "--quiet"]);
    const rival = (): Promise<string> => lake(["append", "a", "-", "--format", "csv", "--quiet"], { stdin: "id\n1\n" });
    const stdin = after(rival, "id\n2\n");
    expect(await lake(["append", "a", "-", "--format", "csv"], { stdin })).toMatch(/^append: version 2 · 1 row inserted/);
    const alone = after(rival, "id\n3\n");
    const once = await lakeRun(["append", "a", "-", "--format", "csv", "--max-attempts", "1"], { stdin: alone });
    expect(once).toMatchObject({ code: 3, stderr: expect.stringContaining("allow more attempts with --max-attempts") });
  });
});
