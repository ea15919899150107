import fc from "fast-check";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DeltaTable } from "../../src/index.js";
import { writeRoaring } from "../columnar/write-roaring.js";

const folder = mkdtempSync(join(tmpdir(), "laketable-vectors-"));
afterAll(() => rmSync(folder, { recursive: true }));
let tables = 0;

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/** An inline descriptor, written from PROTOCOL.md independently of the reader under test. */
function inlineVector(rows: readonly number[]): object {
  const bitmap = writeRoaring(rows, () => "run");
  const bytes = new Uint8Array(Math.ceil((16 + bitmap.length) / 4) * 4);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 1681511377, true);
  view.setUint32(4, 1, true);
  bytes.set(bitmap, 16);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    let value = view.getUint32(at);
    let group = "";
    for (let i = 0; i < 5; i++, value = Math.floor(value / 85)) group = (alphabet[value % 85] ?? "") + group;
    text += group;
  }
  return { storageType: "i", pathOrInlineDv: text, sizeInBytes: 16 + bitmap.length, cardinality: rows.length };
}

/** A table of one file with the numbers from 0 to `size`, of which `deleted` are taken out by a vector, as Spark's DELETE does. */
async function tableWith(size: number, deleted: readonly number[]): Promise<DeltaTable> {
  const path = join(folder, `t${tables++}`);
  const table = await DeltaTable.create(path, { schema: { n: "int", even: "boolean", text: "string" } });
  await table.append(Array.from({ length: size }, (_, n) => ({ n, even: n % 2 === 0, text: `row ${n}` })));
  const log = (version: number): string => join(path, "_delta_log", `${String(version).padStart(20, "0")}.json`);
  const lines = readFileSync(log(1), "utf8").trim().split("\n");
  const { add } = lines.map((line) => JSON.parse(line) as { add?: { path: string } }).find((line) => line.add !== undefined) ?? {};
  if (add === undefined) throw new Error("the append added a file");
  const features = ["deletionVectors"];
  const actions = [
    { commitInfo: { operation: "DELETE", timestamp: 1 } },
    { protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: features, writerFeatures: features } },
    { remove: { path: add.path, deletionTimestamp: 1, dataChange: true } },
    { add: { ...add, deletionVector: inlineVector(deleted) } },
  ];
  writeFileSync(log(2), "");
  for (const action of actions) appendFileSync(log(2), `${JSON.stringify(action)}\n`);
  return DeltaTable.open(path);
}

const some = fc.uniqueArray(fc.nat(199), { minLength: 1, maxLength: 120 }).map((rows) => rows.sort((a, b) => a - b));

test("no reader sees a row that a deletion vector takes out", async () => {
  await fc.assert(
    fc.asyncProperty(some, fc.nat(210), async (deleted, from) => {
      const table = await tableWith(200, deleted);
      const live = Array.from({ length: 200 }, (_, n) => n).filter((n) => !deleted.includes(n));
      const numbers = async (options: object): Promise<unknown[]> =>
        (await table.toArray({ columns: ["n"], ...options })).map((row) => row["n"]);
      expect(await numbers({})).toEqual(live);
      expect(await numbers({ where: `n >= ${from}` })).toEqual(live.filter((n) => n >= from));
      expect(await table.toArray({ where: "even" })).toEqual(
        live.filter((n) => n % 2 === 0).map((n) => ({ n, even: true, text: `row ${n}` })),
      );
      expect(await table.count()).toBe(live.length);
      expect(await table.count({ where: `n < ${from}` })).toBe(live.filter((n) => n < from).length);
      expect((await table.detail()).numRecords).toBe(live.length);
    }),
    { numRuns: 8 },
  );
});

test("a file with a vector is not rewritten, and nothing else is refused", async () => {
  const table = await tableWith(10, [1, 3]);
  for (const write of [
    () => table.delete("n = 2"),
    () => table.update({ set: { text: "'x'" } }),
    () =>
      table
        .merge({ source: [{ n: 2, even: true, text: "x" }], on: ["n"] })
        .whenMatchedUpdateAll()
        .execute(),
    () => table.overwrite([{ n: 2, even: true, text: "x" }], { where: "n = 2" }),
  ]) {
    await expect(write()).rejects.toMatchObject({ code: "delta/unsupported-feature", context: { features: ["deletionVectors"] } });
  }
  expect(table.version).toBe(2);
  // Rows that are no longer there match nothing.
  expect((await table.delete("n in (1, 3)")).version).toBe(2);
  const merged = await table
    .merge({ source: [{ n: 3, even: false, text: "new" }], on: ["n"] })
    .whenMatchedDelete()
    .whenNotMatchedInsertAll()
    .execute();
  expect(merged.metrics).toMatchObject({ rowsInserted: 1, rowsDeleted: 0, filesRemoved: 0 });
  expect(await table.count()).toBe(9);
  // A file of which no row is left goes as a whole.
  expect((await table.delete("n <> 3 or text <> 'new'")).metrics).toMatchObject({ rowsDeleted: 8, filesRemoved: 1 });
  expect(await table.toArray()).toEqual([{ n: 3, even: false, text: "new" }]);
});

test("a whole table of files with vectors can be overwritten", async () => {
  const table = await tableWith(10, [0, 9]);
  const { metrics } = await table.overwrite([{ n: 1, even: false, text: "x" }]);
  expect(metrics).toMatchObject({ rowsDeleted: 8, rowsInserted: 1, filesRemoved: 1 });
  const [latest] = readdirSync(join(folder, `t${tables - 1}`, "_delta_log"))
    .sort()
    .slice(-1);
  const commit = readFileSync(join(folder, `t${tables - 1}`, "_delta_log", latest ?? ""), "utf8");
  // The vector belongs to the identity of the file that is removed.
  expect(commit).toMatch(/"remove":\{[^\n]*"deletionVector":\{"storageType":"i"/);
  expect(await table.count()).toBe(1);
});
