import fc from "fast-check";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DeltaTable, type ChangesOptions } from "../../src/index.js";
import { fromArrowSchema } from "../../src/schema/from-arrow.js";
import { rowReader } from "../../src/schema/row-reader.js";
import { failureOf } from "./tables.js";

const folder = mkdtempSync(join(tmpdir(), "laketable-changes-"));
afterAll(() => rmSync(folder, { recursive: true }));
let tables = 0;

const logFile = (path: string, version: number): string => join(path, "_delta_log", `${String(version).padStart(20, "0")}.json`);

/** A table that says of itself that it records its changes from version `from` on: what this release would not write to. */
function record(path: string, from = 0, isOn = true): void {
  const lines = readFileSync(logFile(path, 0), "utf8").trim().split("\n");
  const actions = lines.map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
  const metaData = actions.find((action) => action["metaData"] !== undefined)?.["metaData"];
  const changed = { metaData: { ...metaData, configuration: { "delta.enableChangeDataFeed": String(isOn) } } };
  const protocol = { protocol: { minReaderVersion: 1, minWriterVersion: 4 } };
  if (from > 0) {
    appendFileSync(logFile(path, from), `${JSON.stringify(protocol)}\n${JSON.stringify(changed)}\n`);
    return;
  }
  const kept = actions.filter((action) => action["metaData"] === undefined && action["protocol"] === undefined);
  writeFileSync(logFile(path, 0), [...kept, protocol, changed].map((action) => `${JSON.stringify(action)}\n`).join(""));
}

async function changesOf(table: DeltaTable, options: ChangesOptions): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const batch of table.changes(options)) {
    for (const row of rowReader(fromArrowSchema(batch.schema))(batch)) rows.push(row as Record<string, unknown>);
  }
  return rows;
}

type Step =
  | { readonly kind: "append"; readonly ids: readonly number[] }
  | { readonly kind: "overwrite"; readonly ids: readonly number[] }
  | { readonly kind: "delete"; readonly below: number }
  | { readonly kind: "update"; readonly below: number };

const ids = fc.array(fc.nat(9), { minLength: 1, maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  ids.map((list): Step => ({ kind: "append", ids: list })),
  ids.map((list): Step => ({ kind: "overwrite", ids: list })),
  fc.nat(10).map((below): Step => ({ kind: "delete", below })),
  fc.nat(10).map((below): Step => ({ kind: "update", below })),
);

async function tableOf(steps: readonly Step[]): Promise<string> {
  const path = join(folder, `t${tables++}`);
  const table = await DeltaTable.create(path, { schema: { id: "int", p: "int" }, partitionBy: ["p"] });
  for (const one of steps) {
    const rows = "ids" in one ? one.ids.map((id) => ({ id, p: id % 2 })) : [];
    if (one.kind === "append") await table.append(rows);
    else if (one.kind === "overwrite") await table.overwrite(rows);
    else if (one.kind === "delete") await table.delete(`id < ${one.below}`);
    else await table.update({ set: { id: "id + 1" }, where: `id < ${one.below}` });
  }
  return path;
}

const bag = (rows: readonly Record<string, unknown>[]): string[] => rows.map(({ id, p }) => JSON.stringify([id, p])).sort();

test("the changes of a range lead from the version before it to its last one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), fc.nat(), fc.nat(), async (steps, one, other) => {
      const path = await tableOf(steps);
      record(path);
      const table = await DeltaTable.open(path);
      const [from, to] = [(one % table.version) + 1, (other % table.version) + 1].sort((a, b) => a - b) as [number, number];
      const rows = bag(await (await DeltaTable.open(path, { version: from - 1 })).toArray());
      const changes = await changesOf(table, { from, to });
      for (const change of changes) {
        const text = bag([change])[0] ?? "";
        if (change["_change_type"] === "insert") rows.push(text);
        else expect(rows.splice(rows.indexOf(text), rows.includes(text) ? 1 : 0), `${text} is there to be deleted`).toEqual([text]);
      }
      expect(rows.sort()).toEqual(bag(await (await DeltaTable.open(path, { version: to })).toArray()));
      const versions = changes.map((change) => Number(change["_commit_version"]));
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      expect(versions.every((version) => version >= from && version <= to)).toBe(true);
    }),
    { numRuns: 12 },
  );
});

describe("the change data feed", () => {
  const append = (...list: readonly number[]): Step => ({ kind: "append", ids: list });

  test("has the columns of the last version, then its own; without rows one batch that carries them", async () => {
    const path = await tableOf([append(1)]);
    record(path);
    const table = await DeltaTable.open(path);
    const batches = [];
    for await (const batch of table.changes({ from: 0, to: 0 })) batches.push(batch);
    expect(batches.map(({ numRows }) => numRows)).toEqual([0]);
    expect(batches[0]?.schema.fields.map((field) => `${field.name} ${String(field.type)}`)).toEqual([
      "id Int32",
      "p Int32",
      "_change_type Utf8",
      "_commit_version Int64",
      "_commit_timestamp Timestamp<MICROSECOND, UTC>",
    ]);
  });

  test("takes timestamps: from the first version not before, to the newest not after", async () => {
    const path = await tableOf([append(1), append(2), append(3)]);
    record(path);
    for (const version of [0, 1, 2, 3]) utimesSync(logFile(path, version), new Date(), new Date(Date.UTC(2026, 0, version + 1)));
    const table = await DeltaTable.open(path);
    const found = async (from: ChangesOptions["from"], to?: ChangesOptions["to"]): Promise<unknown[]> =>
      (await changesOf(table, { from, to })).map((row) => row["id"]);
    expect(await found({ timestamp: "2026-01-02T00:00:00Z" })).toEqual([1, 2, 3]);
    expect(await found({ timestamp: "2026-01-02T00:00:01Z" }, { timestamp: "2026-01-03T23:00:00Z" })).toEqual([2]);
    expect(await found({ timestamp: "2020-01-01T00:00:00Z" }, { timestamp: "2030-01-01T00:00:00Z" })).toEqual([1, 2, 3]);
    expect(await found(2, { timestamp: "2026-01-03T00:00:00Z" })).toEqual([2]);
    const [row] = await changesOf(table, { from: { version: 2 } });
    expect(row).toEqual({ id: 2, p: 0, _change_type: "insert", _commit_version: 2n, _commit_timestamp: "2026-01-03T00:00:00.000000Z" });
    // Version 3 is at most a millisecond later than version 2 here: its time is the same wherever a range begins.
    utimesSync(logFile(path, 3), new Date(), new Date(Date.UTC(2026, 0, 3)));
    for (const from of [0, 3])
      expect((await changesOf(table, { from })).at(-1)?.["_commit_timestamp"]).toBe("2026-01-03T00:00:00.001000Z");
    utimesSync(logFile(path, 3), new Date(), new Date(Date.UTC(2026, 0, 4)));
    await failureOf(found({ timestamp: "2026-02-01T00:00:00Z" }), "delta/timestamp-out-of-range");
    await failureOf(found({ timestamp: "2026-01-03T12:00:00Z" }, { timestamp: "2026-01-03T13:00:00Z" }), "delta/no-such-version");
    await failureOf(found(0, { timestamp: "2020-01-01T00:00:00Z" }), "delta/timestamp-out-of-range");
  });

  test("is refused where it was not recorded, saying from which version on it was", async () => {
    const path = await tableOf([append(1), append(2), append(3)]);
    const never = await failureOf(changesOf(await DeltaTable.open(path), { from: 0 }), "delta/no-change-feed");
    expect(never.message).toMatch(/delta\.enableChangeDataFeed.*not in any version of the range/);
    record(path, 2);
    const table = await DeltaTable.open(path);
    expect((await failureOf(changesOf(table, { from: 0 }), "delta/no-change-feed")).context).toMatchObject({ from: 0, on: 2 });
    expect((await changesOf(table, { from: 2 })).map((row) => row["id"])).toEqual([2, 3]);
    record(path, 3, false);
    expect((await failureOf(changesOf(await DeltaTable.open(path), { from: 2 }), "delta/no-change-feed")).context).toMatchObject({
      off: 3,
    });
    expect((await changesOf(await DeltaTable.open(path), { from: 2, to: 2 })).map((row) => row["id"])).toEqual([2]);
  });

  test("is refused beyond what the log has", async () => {
    const path = await tableOf([append(1), append(2)]);
    record(path);
    const table = await DeltaTable.open(path);
    await failureOf(changesOf(table, { from: 0, to: 9 }), "delta/no-such-version");
    await failureOf(changesOf(table, { from: 9 }), "delta/no-such-version");
    await failureOf(changesOf(table, { from: 2, to: 1 }), "delta/no-such-version");
    await failureOf(changesOf(table, {} as never), "usage/invalid-option");
    await failureOf(changesOf(table, { from: {} as never }), "usage/invalid-option");
    await failureOf(changesOf(table, { from: -1 }), "usage/invalid-option");
    await failureOf(changesOf(table, { from: 0, until: 1 } as never), "usage/invalid-option");
  });

  test("is refused over versions that were partitioned otherwise: their rows would lack columns", async () => {
    const path = await tableOf([append(1)]);
    const table = await DeltaTable.open(path);
    await DeltaTable.create(path, { schema: { id: "int", p: "int" }, ifExists: "replace" });
    await (await DeltaTable.open(path)).append([{ id: 2, p: 0 }]);
    record(path);
    const lines = readFileSync(logFile(path, 2), "utf8").replace(
      '"configuration":{}',
      '"configuration":{"delta.enableChangeDataFeed":"true"}',
    );
    writeFileSync(logFile(path, 2), lines);
    const refused = await failureOf(changesOf(await DeltaTable.open(path), { from: 1 }), "delta/unsupported-feature");
    expect(refused.context).toMatchObject({ version: 1 });
    expect((await changesOf(await DeltaTable.open(path), { from: 2 })).map((row) => row["id"])).toContain(2);
    expect((await changesOf(table, { from: 0, to: 1 })).map(({ id, p }) => [id, p])).toEqual([[1, 1]]);
  });

  test("is refused where commits have been cleaned up", async () => {
    const path = await tableOf([append(1), append(2)]);
    const table = await DeltaTable.open(path);
    await table.checkpoint();
    rmSync(logFile(path, 0));
    const gone = await failureOf(changesOf(table, { from: 0 }), "delta/no-such-version");
    expect(gone).toMatchObject({ message: expect.stringContaining("no longer in the log"), context: { missing: 0 } });
  });
});
