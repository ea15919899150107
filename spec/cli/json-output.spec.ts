import { writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { lake, newFolder } from "./run-lake.js";

await newFolder();
const printed = new Map<string, string>();

/** In their order on one table. */
const writes: Readonly<Record<string, readonly string[]>> = {
  create: ["t", "--schema", "id long not null, raw binary, ratio double, tags map<string,long>"],
  append: ["t", "-", "--format", "ndjson"],
  merge: ["t", "changes.ndjson", "--on", "id"],
  update: ["t", "--set", "ratio = ratio + 1", "--where", "id = 2"],
  delete: ["t", "--where", "id = 3"],
  overwrite: ["t", "changes.ndjson", "--where", "id = 2"],
  checkpoint: ["t"],
};
const reads: Readonly<Record<string, readonly string[]>> = {
  show: ["t", "--version", "1"],
  history: ["t"],
  detail: ["t"],
  schema: ["t"],
  files: ["t"],
  log: ["t"],
};
const rows = [
  '{"id":9223372036854775807,"raw":"AP8=","ratio":"NaN","tags":{"a":-9007199254740993}}\n',
  '{"id":2,"raw":"","ratio":"-Infinity","tags":{}}\n',
  '{"id":3,"raw":null,"ratio":-0.0,"tags":null}\n',
].join("");

beforeAll(async () => {
  await writeFile("changes.ndjson", '{"id":2,"raw":null,"ratio":0.5,"tags":null}\n');
  const run = async ([name, args]: readonly [string, readonly string[]]): Promise<void> =>
    void printed.set(name, await lake([name, ...args, "--json"], { stdin: name === "append" ? rows : "" }));
  for (const command of Object.entries(writes)) await run(command);
  await Promise.all(Object.entries(reads).map(run));
});

/** What a command printed: one document that ends with a newline. */
function documentOf(name: string): unknown {
  const text = printed.get(name) ?? "";
  expect(text.endsWith("\n")).toBe(true);
  return JSON.parse(text);
}

describe("--json prints one JSON document on stdout and nothing else", () => {
  test.each([
    ["create", 0, {}],
    ["append", 1, { metrics: { rowsInserted: 3, rowsUpdated: 0, filesAdded: 1 } }],
    ["merge", 2, { metrics: { rowsInserted: 0, rowsUpdated: 1 } }],
    ["update", 3, { metrics: { rowsUpdated: 1 } }],
    ["delete", 4, { metrics: { rowsDeleted: 1 } }],
    ["overwrite", 5, { metrics: { rowsInserted: 1, rowsDeleted: 1 } }],
    ["checkpoint", 5, {}],
  ])("lake %s: the table, the version and what was done", (name, version, more) => {
    expect(documentOf(name)).toMatchObject({ table: expect.stringMatching(/^file:.*\/t$/), version, ...more });
  });

  test("lake history: a list, newest first, of as many as --limit says", async () => {
    expect(documentOf("history")).toMatchObject([5, 4, 3, 2, 1, 0].map((version) => ({ version })));
    expect(JSON.parse(await lake(["history", "t", "--limit", "2", "--json"]))).toMatchObject([{ version: 5 }, { version: 4 }]);
  });

  test("lake detail, schema, files and log", () => {
    expect(documentOf("detail")).toMatchObject({ format: "delta", version: 5, numRecords: 2, partitionColumns: [] });
    expect(documentOf("schema")).toMatchObject({
      version: 5,
      columns: [
        { name: "id", type: "long", nullable: false },
        { name: "raw", type: "binary", nullable: true },
        { name: "ratio", type: "double" },
        { name: "tags", type: expect.stringMatching(/^map<string, ?long>$/) },
      ],
    });
    expect(documentOf("files")).toMatchObject([{ path: expect.stringMatching(/\.parquet$/) }, { rows: 1 }]);
    expect(documentOf("log")).toMatchObject({ version: 5, files: expect.arrayContaining([expect.objectContaining({ version: 5 })]) });
  });

  test("lake show: rows as NDJSON, with exact longs, binary as base64, NaN and infinities as text, maps as objects", () => {
    expect(printed.get("show")).toBe(rows);
  });

  test("a statistic that is a long keeps its digits", () => {
    expect(printed.get("files")).toContain('"id":9223372036854775807');
  });
});
