import { mkdir, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { lake, newFolder } from "./run-lake.js";

await newFolder();
/** In the order in which they are run on one table: a later one sees what the earlier ones wrote. */
const writes = ["create", "append", "merge", "update", "delete", "overwrite", "checkpoint"] as const;
const reads = ["show", "history", "detail", "schema", "files", "log"] as const;
const printed = new Map<string, string>();

beforeAll(async () => {
  await mkdir("incoming");
  const incoming = {
    "users-1.ndjson": '{"id":1,"name":"Ann","country":"KR","score":5}\n{"id":2,"name":"Bob","country":"US","score":-1}\n',
    "users-2.ndjson": '{"id":3,"name":"Eve","country":"KR","score":7}\n',
    "changes.ndjson": '{"id":3,"name":"Eva","country":"KR","score":8}\n{"id":4,"name":"Dan","country":"US","score":1}\n',
    "korea.csv": "id,name,country,score\n9,Min,KR,90\n",
  };
  await Promise.all(Object.entries(incoming).map(([name, text]) => writeFile(`incoming/${name}`, text)));
  for (const name of [...writes, ...reads]) printed.set(name, await lake(exampleIn(await lake([name, "--help"]))));
});

/** The arguments of the example that the help of a command ends with. */
function exampleIn(help: string): readonly string[] {
  const line = /^Example:\n {2}\$ lake (.+)$/m.exec(help)?.[1] ?? expect.fail(`no example in ${help}`);
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

  test("lake history: newest first, with what each version did and without what says nothing", () => {
    const lines = [...(printed.get("history") ?? "").matchAll(/^│ +(\d+) │[^│]+│ ([A-Z ]+?) +│ ([^│]*?) +│/gm)];
    expect(lines.map(([, version, name]) => `${version} ${name}`)).toEqual([
      "5 WRITE",
      "4 DELETE",
      "3 UPDATE",
      "2 MERGE",
      "1 WRITE",
      "0 CREATE TABLE",
    ]);
    expect(lines.at(-2)?.[3]).toMatch(/^3 output rows, 2 files, [\d,]+ output bytes$/);
    expect(lines.at(-1)?.[3]).toBe('partitionBy=["country"]');
  });
});

describe("help", () => {
  test("lists what there is, and names what there is not yet", async () => {
    const help = await lake(["--help"]);
    for (const name of [...writes, ...reads]) expect(help).toMatch(new RegExp(`^ {2}${name} `, "m"));
    expect(help).toContain("Not in this release: optimize, vacuum, restore, clone, convert, alter, repair.");
  });

  test("of every command has --json and --quiet", async () => {
    for (const name of [...writes, ...reads]) expect(await lake([name, "--help"])).toMatch(/--json [^]* --quiet /);
  });
});
