import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromArrays, type RecordBatch, type Table } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DeltaTable, LakeError, readParquet } from "laketable";

/** Small enough that one file's rows exceed the first, and that the second has room for some read-ahead but not for all. */
const limits = [1 << 20, 6 << 20];
const filesPerTable = 6;
const rowsPerFile = 20_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "laketable-memory-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(limits)("with a budget of %i bytes nothing waits for ever", { timeout: 20_000 }, (memoryLimit) => {
  const options = { workers: 0, memoryLimit };
  const total = filesPerTable * rowsPerFile;

  async function filled(name: string): Promise<DeltaTable> {
    const schema = { k: "int", text: "string" } as const;
    const table = await DeltaTable.create(join(folder, `${name}-${memoryLimit}`), { schema, ...options });
    for (let file = 0; file < filesPerTable; file++) await table.append(rows(file));
    return DeltaTable.open(table.url, options);
  }

  test("two scans taken in turns, one of them left, while the same handle writes", async () => {
    const table = await filled("turns");
    const scans = [table.scan(), table.scan(), table.scan()] as const;
    await Promise.all(scans.map((scan) => scan.next()));
    await scans[2].return();
    await table.append(rows(filesPerTable, 10));
    await table.update({ set: { text: "'changed'" }, where: "k < 10" });
    await table
      .merge({ source: rows(1, 100), on: ["k"] })
      .whenMatchedUpdateAll()
      .whenNotMatchedInsertAll()
      .execute();
    await table.delete("k % 2 = 1");
    let seen = 2 * rowsPerFile;
    for (let open = true; open;) {
      const steps = [await scans[0].next(), await scans[1].next()];
      for (const { value } of steps) seen += (value as RecordBatch | undefined)?.numRows ?? 0;
      open = steps.some(({ done }) => done !== true);
    }
    expect(seen).toBe(2 * total);
    expect(await table.count()).toBe((total + 10) / 2);
  });

  test("a scan is the data of appends and overwrites, of another table and its own", async () => {
    const table = await filled("source");
    const other = await DeltaTable.create(join(folder, `copy-${memoryLimit}`), { schema: { k: "int", text: "string" }, ...options });
    await Promise.all([other.append(table.scan()), table.append(table.scan({ where: "k < 100" }))]);
    await table.overwrite(table.scan({ where: "k < 100" }), { where: "k < 100" });
    expect([await other.count(), await table.count()]).toEqual([total, total + 100]);
  });

  test("two Parquet files read in turns", async () => {
    const table = await filled("files");
    await table.overwrite(table.scan());
    const [name = ""] = (await readdir(table.url.replace("file://", ""))).filter((entry) => entry.endsWith(".parquet"));
    const path = join(folder, `files-${memoryLimit}`, name);
    const [held, read] = [readParquet(path, options), readParquet(path, options)];
    await held.next();
    let seen = 0;
    for await (const batch of read) seen += batch.numRows;
    expect(seen).toBeGreaterThan(0);
    await held.return();
    const stop = new AbortController();
    stop.abort();
    const refused = await readParquet(path, { ...options, signal: stop.signal })
      .next()
      .catch((error: unknown) => error);
    expect(LakeError.is(refused, "usage/aborted")).toBe(true);
  });
});

function rows(file: number, count = rowsPerFile): Table {
  const k = Int32Array.from({ length: count }, (_, row) => file * rowsPerFile + row);
  return tableFromArrays({ k, text: Array.from(k, (key) => `value ${Math.imul(key, 2654435761)} of a row that is not short`) });
}
