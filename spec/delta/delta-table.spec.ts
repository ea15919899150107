import { beforeEach, describe, expect, it } from "vitest";
import { afterCommit } from "../../src/delta/after-commit.js";
import { createTable } from "../../src/delta/delta-table.js";
import { createDeltaFormat } from "../../src/delta/delta-format.js";
import { openState } from "../../src/delta/open-state.js";
import { classicCheckpointPath, commitPath } from "../../src/delta/protocol/log-path.js";
import { noMetrics } from "../../src/table/operation.js";
import { readNothing } from "../../src/table/pending-commit.js";
import type { HistoryEntry, Table } from "../../src/table/table-format.js";
import { createFaultyStore } from "../doubles/faulty-store.js";
import { add, logFixture, metaData, protocol, type LogFixture } from "./log-fixture.js";

let table: LogFixture;
beforeEach(() => {
  table = logFixture();
});

async function write(latest: number, from = 0): Promise<void> {
  for (let version = from; version <= latest; version++) {
    table.clockMs += 1000;
    await table.commit(
      version,
      { commitInfo: { operation: `OP${version}`, operationMetrics: { n: version } } },
      ...(version === 0 ? [protocol, metaData()] : []),
      add(`f${version}.parquet`),
    );
  }
}

async function open(): Promise<Table> {
  const context = table.context();
  return createTable(context, await openState(context));
}
const requests = (): readonly string[] => table.store.requests.map(({ operation, key }) => `${operation} ${key}`);

async function paths(opened: Table): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const group of opened.snapshot.plan()) found.push(...group.map((file) => file.path));
  return found.sort();
}

describe("refreshing", () => {
  it("without news costs one listing and gives the same table", async () => {
    await write(2);
    const opened = await open();
    table.store.reset();
    expect(await opened.at("latest")).toBe(opened);
    expect(requests()).toEqual(["list _delta_log/"]);
  });

  it("reads the new commits only, and the old snapshot stays as it was", async () => {
    await write(2);
    const opened = await open();
    await write(4, 3);
    table.store.reset();
    const newer = await opened.at("latest");
    expect(requests()).toEqual(["list _delta_log/", `get ${commitPath(4)}`, `get ${commitPath(3)}`]);
    expect(await paths(newer)).toHaveLength(5);
    expect(await paths(opened)).toHaveLength(3);
    expect(table.store.count("get")).toBe(2);
    expect([opened.snapshot.version, newer.snapshot.version]).toEqual([2, 4]);
  });

  it("takes a newer checkpoint for the start of the replay without reading it", async () => {
    await write(2);
    const opened = await open();
    await write(5, 3);
    await (await opened.at({ version: 4 })).checkpoint();
    const newer = await opened.at("latest");
    expect((await newer.logFiles()).map(({ kind, version }) => [kind, version])).toEqual([
      ["checkpoint", 4],
      ["commit", 5],
    ]);
    expect(await paths(newer)).toHaveLength(6);
    expect(table.store.requests.some(({ operation, key }) => operation === "get" && key === classicCheckpointPath(4))).toBe(true);
  });

  it("takes over a new schema", async () => {
    await write(1);
    const opened = await open();
    await table.commit(
      2,
      metaData({
        fields: [
          ["id", "long"],
          ["name", "string"],
        ],
      }),
    );
    expect((await opened.at("latest")).snapshot.schema.fields).toHaveLength(2);
    expect(opened.snapshot.schema.fields).toHaveLength(1);
  });

  it("finds a table that was deleted and made anew at the same place", async () => {
    await write(2);
    const opened = await open();
    await table.store.delete([0, 1, 2].map(commitPath));
    table.clockMs += 5000;
    await table.commit(0, protocol, metaData(), add("anew.parquet"));
    expect(await paths(await opened.at("latest"))).toEqual(["anew.parquet"]);
  });

  it("refuses a gap", async () => {
    await write(2);
    const opened = await open();
    await write(4, 4);
    await expect(opened.at("latest")).rejects.toMatchObject({ code: "delta/log-gap" });
  });
});

describe("a snapshot", () => {
  it("knows its version, time and definition, and counts its rows from the log", async () => {
    await table.commit(
      0,
      protocol,
      metaData({ configuration: { "delta.appendOnly": "true", owner: "me" } }),
      add("a", { stats: { numRecords: 3 } }),
      add("b", { stats: { numRecords: 4 } }),
    );
    const { snapshot } = await open();
    expect(snapshot).toMatchObject({
      version: 0,
      timestampMs: table.clockMs,
      createdMs: 1,
      partitionBy: [],
      capabilities: { rowDeletes: "none", removesData: false, changeFeed: false },
    });
    expect(snapshot.properties.get("owner")).toBe("me");
    expect(await snapshot.rowCount()).toBe(7);
  });

  it("binds partition columns to the log's values and others to the file", async () => {
    await table.commit(
      0,
      protocol,
      metaData({
        fields: [
          ["id", "long"],
          ["p", "integer"],
          ["v", "void"],
        ],
        partitionColumns: ["p"],
      }),
      add("a", { partitionValues: { p: "5" } }),
    );
    const { snapshot } = await open();
    for await (const [file] of snapshot.plan()) {
      if (file === undefined) continue;
      expect(snapshot.bind(file, snapshot.schema.fields).map(({ from }) => from)).toMatchObject([
        { kind: "file", matchBy: "name" },
        { kind: "constant", value: 5 },
        { kind: "constant", value: null },
      ]);
    }
  });
});

describe("history", () => {
  const all = async (opened: Table, limit?: number): Promise<readonly HistoryEntry[]> => {
    const entries: HistoryEntry[] = [];
    for await (const entry of opened.history({ limit })) entries.push(entry);
    return entries;
  };

  it("is newest first, from the version that was opened back to the oldest commit there is", async () => {
    await write(5);
    await (await open()).checkpoint();
    await table.store.delete([commitPath(0)]);
    const opened = await (await open()).at({ version: 5 });
    const entries = await all(opened);
    expect(entries.map(({ version, operation }) => [version, operation])).toEqual(
      [5, 4, 3, 2, 1].map((version) => [version, `OP${version}`]),
    );
    expect(entries[0]).toMatchObject({ operationMetrics: { n: "5" }, timestampMs: opened.snapshot.timestampMs });
  });

  it("with a limit lists and reads no more than that", async () => {
    await write(30);
    const opened = await open();
    const fresh = createTable(table.context(), await openState(table.context()));
    expect(fresh.snapshot.version).toBe(opened.snapshot.version);
    table.store.reset();
    expect((await all(fresh, 3)).map(({ version }) => version)).toEqual([30, 29, 28]);
    expect(table.store.count("get")).toBe(3);
    expect(table.store.requests.find(({ operation }) => operation === "list")?.objects).toBeLessThanOrEqual(4);
  });

  it("gives a version and a time to commits without provenance", async () => {
    await table.commit(0, protocol, metaData());
    expect(await all(await open())).toMatchObject([
      { version: 0, timestampMs: table.clockMs, operation: undefined, operationParameters: {}, operationMetrics: {} },
    ]);
  });

  it("fetches the front of a large commit only", async () => {
    const adds = Array.from({ length: 2000 }, (_, at) => add(`${at}-${"x".repeat(100)}`));
    await table.commit(0, { commitInfo: { operation: "WRITE" } }, protocol, metaData(), ...adds);
    const context = table.context();
    const state = await openState(context);
    table.store.reset();
    const entries = await all(createTable(table.context(), state));
    expect(entries[0]?.operation).toBe("WRITE");
    expect(table.store.totals().bytesRead).toBe(64 << 10);
  });

  it("finds provenance that stands at the end of a large commit", async () => {
    const adds = Array.from({ length: 2000 }, (_, at) => add(`${at}-${"x".repeat(100)}`));
    await table.commit(0, protocol, metaData(), ...adds, { commitInfo: { operation: "LATE" } });
    const context = table.context();
    expect((await all(createTable(table.context(), await openState(context))))[0]?.operation).toBe("LATE");
  });
});

describe("the format", () => {
  it("tells whether there is a table", async () => {
    const format = createDeltaFormat(table.context());
    expect(await format.exists()).toBe(false);
    await table.put("_delta_log/_last_checkpoint", "{}");
    await table.put("a.parquet", "");
    expect(await format.exists()).toBe(false);
    await write(0);
    expect(await format.exists()).toBe(true);
  });

  it("creates a table that opens, refuses a second one, and replaces it on demand", async () => {
    const format = createDeltaFormat(table.context());
    const definition = {
      schema: { kind: "struct", fields: [{ name: "id", type: { kind: "long" }, nullable: true, metadata: {} }] },
      partitionBy: [],
      properties: new Map([["owner", "me"]]),
    } as const;
    const created = await format.create(definition);
    expect(created.snapshot).toMatchObject({ version: 0, partitionBy: [] });
    expect(created.protocol).toEqual({ minReaderVersion: 1, minWriterVersion: 2, features: ["appendOnly", "invariants"] });
    await expect(format.create(definition)).rejects.toMatchObject({ code: "delta/table-exists" });
    await table.commit(1, add("old.parquet"));
    const replaced = await format.create({ ...definition, properties: new Map() }, { replace: true });
    expect(replaced.snapshot.version).toBe(2);
    expect(await paths(replaced)).toEqual([]);
    expect([...replaced.snapshot.properties]).toEqual([]);
    expect((await format.open({ version: 1 })).snapshot.properties.get("owner")).toBe("me");
  });

  it("writes a checkpoint every so many versions", async () => {
    const format = createDeltaFormat(table.context());
    const definition = {
      schema: { kind: "struct", fields: [{ name: "id", type: { kind: "long" }, nullable: true, metadata: {} }] },
      partitionBy: [],
      properties: new Map([["delta.checkpointInterval", "2"]]),
    } as const;
    let current = await format.create(definition);
    for (let version = 1; version <= 4; version++) {
      const properties = new Map([["step", String(version)]]);
      const { table: next } = await current.commit(current.snapshot, {
        operation: { kind: "set-properties", properties: { step: String(version) } },
        metrics: {
          rowsInserted: 0,
          rowsUpdated: 0,
          rowsDeleted: 0,
          rowsCopied: 0,
          filesAdded: 0,
          filesRemoved: 0,
          bytesAdded: 0,
          bytesRemoved: 0,
          durationMs: 0,
        },
        added: [],
        removed: [],
        metadata: { properties },
        reads: { wholeTable: false, predicates: [], files: new Set() },
        dataChange: false,
      });
      current = next;
    }
    for (const [version, isDue] of [
      [1, false],
      [2, true],
      [3, false],
      [4, true],
    ] as const) {
      expect((await table.store.head(classicCheckpointPath(version))) !== undefined, String(version)).toBe(isDue);
    }
    expect((await format.open()).snapshot.properties.get("step")).toBe("4");
  });
});

describe("a commit", () => {
  it("stands when the checkpoint after it cannot be written, and that is said", async () => {
    await table.commit(0, protocol, metaData());
    await table.commit(1, metaData({ configuration: { "delta.checkpointInterval": "2" } }));
    await table.commit(2, add("a.parquet"));
    const store = createFaultyStore(table.store);
    store.inject({ effect: { kind: "no-space" }, operation: ["putIfAbsent", "openWriter"], key: /checkpoint/ });
    const context = { ...table.context(), store };
    await afterCommit(context, await openState(context));
    expect(table.warnings.join()).toMatch(/Version 2 .* was committed, but its checkpoint could not be written/);
    expect(await table.store.head(classicCheckpointPath(2))).toBeUndefined();
    await afterCommit(context, await openState(context));
    expect(await table.store.head(classicCheckpointPath(2))).toBeDefined();
  });

  it("is not reported as failed when its own version cannot be read back", async () => {
    await table.commit(0, protocol, metaData());
    const store = createFaultyStore(table.store);
    const context = { ...table.context(), store };
    const opened = createTable(context, await openState(context));
    store.inject({ effect: { kind: "fail-before" }, operation: ["get", "head", "list"], times: Infinity });
    const result = await opened.commit(opened.snapshot, {
      operation: { kind: "set-properties", properties: { owner: "me" } },
      metrics: noMetrics,
      added: [],
      removed: [],
      metadata: { properties: new Map([["owner", "me"]]) },
      reads: readNothing,
      dataChange: false,
    });
    expect(result.version).toBe(1);
    expect(table.warnings.join()).toMatch(/succeeded, but its version could not be read back/);
    store.heal();
    expect((await result.table.at("latest")).snapshot.properties.get("owner")).toBe("me");
  });
});
