import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { lake, newFolder } from "./run-lake.js";

const cwd = await newFolder();
/** In the order in which they are run on one table: a later one sees what the earlier ones wrote. */
const writes = ["create", "append", "merge", "update", "delete", "overwrite", "checkpoint"] as const;
const reads = ["show", "history", "detail", "schema", "files", "log"] as const;
const printed = new Map<string, string>();

beforeAll(async () => {
  await mkdir(join(cwd, "incoming"));
  const incoming = {
    "users-1.ndjson": '{"id":1,"name":"Ann","country":"KR","score":5}\n{"id":2,"name":"Bob","country":"US","score":-1}\n',
    "users-2.ndjson": '{"id":3,"name":"Eve","country":"KR","score":7}\n',
    "changes.ndjson": '{"id":3,"name":"Eva","country":"KR","score":8}\n{"id":4,"name":"Dan","country":"US","score":1}\n',
    "korea.csv": "id,name,country,score\n9,Min,KR,90\n",
  };
  await Promise.all(Object.entries(incoming).map(([name, text]) => writeFile(join(cwd, "incoming", name), text)));
  const examples = new Map<string, readonly string[]>(
    await Promise.all([...writes, ...reads].map(async (name) => [name, await exampleOf(name)] as const)),
  );
  const run = async (name: string): Promise<void> => void printed.set(name, await lake(examples.get(name) ?? [], { cwd }));
  for (const name of writes) await run(name);
  await Promise.all(reads.map(run));
});

/** The arguments of the example that the help of a command ends with. */
async function exampleOf(name: string): Promise<readonly string[]> {
  const help = await lake([name, "--help"], { cwd });
  const line = /^Example:\n {2}\$ lake (.+)$/m.exec(help)?.[1] ?? expect.fail(`lake ${name} --help has no example`);
  return [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

describe("the example of each command's help runs", () => {
  test.each([
    ["create", /^create: version 0 · 4 columns · file:.*\/data\/users\n$/],
    ["append", /^append: version 1 · 3 rows inserted · /],
    ["merge", /^merge: version 2 · 1 row inserted · 1 row updated · /],
    ["update", /^update: version 3 · 2 rows updated · /],
    ["delete", /^delete: version 4 · 1 row deleted · /],
    ["overwrite", /^overwrite: version 5 · 1 row inserted · 2 rows deleted · /],
    ["checkpoint", /^checkpoint: version 5\n$/],
    ["schema", /│ id +│ long +│ not null │[^]*│ country │ string │ +│ partition │/],
    ["detail", /^version +5$[^]*^numRecords +2$/m],
    ["files", /│ KR [^]*1 file, [\d,]+ bytes, version 5\n$/],
    ["log", /checkpoint\.parquet/],
  ])("lake %s", (name, expected) => {
    expect(printed.get(name)).toMatch(expected);
  });

  test("lake show: the rows as they were at the version, with the chosen columns", () => {
    const lines = printed.get("show")?.trimEnd().split("\n") ?? [];
    const rows = lines.filter((line) => /^│ +\d/.test(line)).map((line) => line.split("│").map((cell) => cell.trim()));
    expect(rows.sort()).toEqual([
      ["", "1", "Ann", ""],
      ["", "3", "Eve", ""],
    ]);
    expect(lines.at(-1)).toBe("2 rows of version 1");
  });

  test("lake history: newest first", () => {
    const operations = [...(printed.get("history") ?? "").matchAll(/^│ +(\d+) │[^│]+│ ([A-Z ]+?) +│/gm)].map(
      ([, version, name]) => `${version} ${name}`,
    );
    expect(operations).toEqual(["5 WRITE", "4 DELETE", "3 UPDATE", "2 MERGE", "1 WRITE", "0 CREATE TABLE"]);
  });
});
