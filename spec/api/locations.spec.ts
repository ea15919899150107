import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DeltaTable } from "../../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "laketable places "));
afterAll(() => rmSync(folder, { recursive: true }));

const source = join(folder, "near", "source table");
const log = (table: string, version: number): string => join(table, "_delta_log", `${String(version).padStart(20, "0")}.json`);

beforeAll(async () => {
  const table = await DeltaTable.create(source, { schema: { id: "int", p: "string" }, partitionBy: ["p"] });
  await table.append([
    { id: 1, p: "a b" },
    { id: 2, p: "c%d" },
  ]);
});

/** A table that names the files of `source` where they are, as Spark's SHALLOW CLONE makes it. */
function cloneAt(path: string, spelled: (relative: string) => string): string {
  mkdirSync(join(path, "_delta_log"), { recursive: true });
  const actions = [0, 1]
    .flatMap((version) => readFileSync(log(source, version), "utf8").trim().split("\n"))
    .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>)
    .filter((action) => action["commitInfo"] === undefined)
    .map((action) =>
      action["add"] === undefined ? action : { add: { ...action["add"], path: spelled(String(action["add"]["path"])) } },
    );
  writeFileSync(log(path, 0), actions.map((action) => `${JSON.stringify(action)}\n`).join(""));
  return path;
}

const ids = async (table: DeltaTable): Promise<unknown[]> => (await table.toArray()).map((row) => row["id"]).sort();
const spellings: readonly [string, (relative: string) => string][] = [
  ["file:", (relative) => `${pathToFileURL(source).href}/${relative}`],
  ["a path", (relative) => `${source.replaceAll(" ", "%20")}/${relative}`],
  ["..", (relative) => `../source%20table/${relative}`],
];

test.each(spellings)("a shallow clone beside its source is read and written: %s", async (name, spelled) => {
  const table = await DeltaTable.open(cloneAt(join(folder, "near", `clone by ${name.replace(":", "")}`), spelled));
  expect(await ids(table)).toEqual([1, 2]);
  const before = readdirSync(source, { recursive: true }).length;
  await table.update({ set: { id: "id + 10" }, where: "p = 'a b'" });
  await table
    .merge({ source: [{ id: 2, p: "c%d" }], on: "target.id = source.id" })
    .whenMatchedDelete()
    .execute();
  expect(await ids(await DeltaTable.open(table.url))).toEqual([11]);
  // Its source has lost nothing.
  expect(readdirSync(source, { recursive: true })).toHaveLength(before);
  expect(await ids(await DeltaTable.open(source))).toEqual([1, 2]);
});

test("a table that names files further away is read when that is allowed", async () => {
  const path = cloneAt(join(folder, "far", "away", "clone"), spellings[0]?.[1] ?? String);
  const table = await DeltaTable.open(path);
  expect(await table.count()).toBe(2);
  const error: unknown = await ids(table).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "storage/location-not-allowed", context: { option: "allowedLocations" } });
  expect(await ids(await DeltaTable.open(path, { allowedLocations: [join(folder, "near")] }))).toEqual([1, 2]);
  await expect(DeltaTable.open(path, { allowedLocations: "near" as never })).rejects.toMatchObject({ code: "usage/invalid-option" });
});
