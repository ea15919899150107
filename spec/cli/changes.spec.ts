import { readFile, writeFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { lake, lakeRun, newFolder } from "./run-lake.js";

await newFolder();
const firstCommit = "t/_delta_log/00000000000000000000.json";

beforeAll(async () => {
  await lake(["create", "t", "--schema", "id long, name string"]);
  for (const rows of ["id,name\n1,Ann\n2,Bob\n", "id,name\n3,Eve\n"])
    await lake(["append", "t", "-", "--format", "csv"], { stdin: rows });
  await lake(["delete", "t", "--where", "id < 3"]);
  // The table says of itself that it records its changes: what this release would not write to.
  const recording = (await readFile(firstCommit, "utf8"))
    .replace('"configuration":{}', '"configuration":{"delta.enableChangeDataFeed":"true"}')
    .replace(/"minWriterVersion":\d+/, '"minWriterVersion":4');
  await writeFile(firstCommit, recording);
});

test("lake changes prints what versions did to rows", async () => {
  const lines = (await lake(["changes", "t", "--from", "1", "--to", "2"])).trimEnd().split("\n");
  const cells = lines.filter((line) => /^│ +\d/.test(line)).map((line) => line.split("│").map((cell) => cell.trim()));
  expect(cells.map((row) => row.slice(1, 5))).toEqual([
    ["1", "Ann", "insert", "1"],
    ["2", "Bob", "insert", "1"],
    ["3", "Eve", "insert", "2"],
  ]);
  expect(lines.at(-1)).toBe("3 rows of version 2");
});

test("rows come in every format, up to a limit", async () => {
  const json = await lake(["changes", "t", "--from", "3", "--json"]);
  const rows = json
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(rows.map(({ id, _change_type: kind, _commit_version: version }) => [id, kind, version])).toEqual([
    [1, "delete", 3],
    [2, "delete", 3],
  ]);
  expect(await lake(["changes", "t", "--from", "2020-01-01T00:00:00Z", "--limit", "1", "--format", "csv"])).toMatch(
    /^id,name,_change_type,_commit_version,_commit_timestamp\n1,Ann,insert,1,20[^\n]*Z\n$/,
  );
  expect(await lake(["changes", "t", "--from", "0", "--to", "0", "--json"])).toBe("");
});

test("ranges that there are not are refused", async () => {
  const beyond = await lakeRun(["changes", "t", "--from", "9"]);
  expect(beyond).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("its newest version is 3") });
  expect(await lakeRun(["changes", "t"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--from") });
  expect(await lakeRun(["changes", "t", "--from", "yesterday"])).toMatchObject({ code: 2, stdout: "" });
  await lake(["create", "plain", "--schema", "id long"]);
  expect(await lakeRun(["changes", "plain", "--from", "0"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("did not record"),
  });
});
