import fc from "fast-check";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { systemHost } from "../../src/base/host.js";
import { createMemoryBudget } from "../../src/base/memory.js";
import { createDeltaFormat } from "../../src/delta/delta-format.js";
import { appendRows } from "../../src/engine/append.js";
import type { EngineContext } from "../../src/engine/context.js";
import { deleteRows } from "../../src/engine/delete.js";
import { mergeRows } from "../../src/engine/merge.js";
import { updateRows } from "../../src/engine/update.js";
import { parseExpression } from "../../src/expression/parse.js";
import { createInlineCodec } from "../../src/parquet/codec/codec-inline.js";
import { createFileLocator } from "../../src/storage/file-locator.js";
import { batchFromRows } from "../../src/schema/row-writer.js";
import { parseSchemaText } from "../../src/schema/type-text.js";
import { createLocalStore } from "../../src/storage/local-store.js";
import type { Table, TableFormat } from "../../src/table/table-format.js";
import { atomicTypes } from "../model/values.js";
import type { ModelRow } from "../model/program.js";
import { difference, typedRows } from "./cells.js";
import { count, missingPeers, seed } from "./environment.js";
import { freshFolder } from "./fresh-folder.js";
import { peers, verifiedRowCount } from "./peers.js";

/** Enough for a row group that is worth patching. */
const ROWS = 40_000;
const types = [...atomicTypes, { text: "binary", value: fc.uint8Array({ maxLength: 40 }) }];
const schema: Readonly<Record<string, string>> = {
  k: "long",
  ...Object.fromEntries(types.map(({ text }, index) => [`c${index}`, text])),
};
const schemaText = Object.entries(schema)
  .map(([name, type]) => `${name} ${type}`)
  .join(", ");

/** What one column is filled with: few values go into dictionaries, many are plain. */
const pools = types.map(({ value }, index) => {
  const nullable = index % 3 === 0 ? fc.option(value, { nil: null, freq: 6 }) : value;
  return fc.sample(nullable, { seed: seed + index, numRuns: index % 2 === 0 ? 150 : ROWS });
});

/** The same draw gives the same row. */
function rowOf(k: number, draw: number): ModelRow {
  const columns = pools.map((pool, index) => [
    `c${index}`,
    pool[Math.abs(Math.imul(k + 1, 0x9e3779b1) ^ (draw * 0x85ebca6b + index)) % pool.length],
  ]);
  return { k: BigInt(k), ...Object.fromEntries(columns) };
}

type Change =
  | { readonly kind: "upsert"; readonly step: number; readonly offset: number; readonly inserted: number }
  | { readonly kind: "merge-delete"; readonly step: number; readonly offset: number }
  | { readonly kind: "update"; readonly column: number; readonly step: number; readonly offset: number }
  | { readonly kind: "delete"; readonly step: number; readonly offset: number };

const steps = { step: fc.integer({ min: 11, max: 3000 }), offset: fc.nat({ max: 3000 }) };
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("upsert" as const), ...steps, inserted: fc.nat({ max: 50 }) }),
  fc.record({ kind: fc.constant("merge-delete" as const), ...steps }),
  fc.record({ kind: fc.constant("update" as const), column: fc.nat({ max: types.length - 1 }), ...steps }),
  fc.record({ kind: fc.constant("delete" as const), ...steps }),
);

interface Opened {
  readonly context: EngineContext;
  readonly format: TableFormat;
  /** Row groups that were patched, in place of being decoded and encoded. */
  readonly patched: () => number;
}

function openStore(folder: string): Opened {
  const [store, inline] = [createLocalStore(folder), createInlineCodec()];
  let patched = 0;
  const codec: typeof inline = {
    ...inline,
    patch: async (request, options) => {
      const chunks = await inline.patch(request, options);
      if (chunks !== undefined) patched++;
      return chunks;
    },
  };
  const files = createFileLocator(store);
  const context = { host: systemHost, store, files, codec, memory: createMemoryBudget(1 << 29), logger: silentLogger };
  return { context, format: createDeltaFormat({ store, host: systemHost, codec }), patched: () => patched };
}

/** Applies a change to the table and to `rows`, which say what has to be in it. */
async function apply(context: EngineContext, table: Table, change: Change, rows: Map<bigint, ModelRow>, draw: number): Promise<Table> {
  const struct = parseSchemaText(schemaText);
  const keys = [...rows.keys()].filter((k) => k % BigInt(change.step) === BigInt(change.offset % change.step));
  const where = parseExpression(`k % ${change.step} = ${change.offset % change.step}`);
  const merge = async (source: readonly ModelRow[], clauses: Parameters<typeof mergeRows>[2]["clauses"]): Promise<Table> => {
    const batches = (async function* () {
      yield batchFromRows(source, struct);
    })();
    const on = parseExpression("target.k = source.k");
    return (await mergeRows(context, table, { source: batches, on, aliases: { target: "target", source: "source" }, clauses })).table;
  };
  switch (change.kind) {
    case "upsert": {
      const first = Number([...rows.keys()].reduce((most, k) => (k > most ? k : most), 0n)) + 1;
      const fresh = Array.from({ length: change.inserted }, (_, i) => rowOf(first + i, draw));
      const source = [...keys.map((k) => rowOf(Number(k), draw)), ...fresh];
      for (const row of source) rows.set(row["k"] as bigint, row);
      return merge(source, [
        { on: "matched", action: "update-all", where: undefined },
        { on: "not-matched", action: "insert-all", where: undefined },
      ]);
    }
    case "merge-delete":
      for (const k of keys) rows.delete(k);
      return merge(
        keys.map((k) => rowOf(Number(k), draw)),
        [{ on: "matched", action: "delete", where: undefined }],
      );
    case "update": {
      const name = `c${change.column}`;
      for (const k of keys) rows.set(k, { ...rows.get(k), [name]: null });
      return (await updateRows(context, table, { set: { [name]: parseExpression("null") }, where })).table;
    }
    case "delete":
      for (const k of keys) rows.delete(k);
      return (await deleteRows(context, table, { where })).table;
  }
}

async function expectAll(table: string, rows: ReadonlyMap<bigint, ModelRow>): Promise<void> {
  const expected = typedRows(schema, [...rows.values()]);
  const engines = [peers.ours, peers.deltars, peers.duckdb, peers.spark].filter(
    ({ name }) => name === "laketable" || !missingPeers(name),
  );
  for (const engine of engines) expect([engine.name, difference(await engine.rows(table, schema), expected)]).toEqual([engine.name, []]);
  expect(await verifiedRowCount(table)).toBe(rows.size);
}

const runs = count("LAKETABLE_PEERS_PATCH_RUNS", 1);
const writers = { laketable: peers.ours, "delta-rs": peers.deltars, spark: peers.spark };

describe.each(Object.keys(writers) as (keyof typeof writers)[])("row groups that %s wrote and laketable patched", (writer) => {
  const missing = writer === "laketable" ? missingPeers("delta-rs", "duckdb") : missingPeers("delta-rs", "duckdb", writer);
  test.skipIf(missing)(`have the right rows for every engine, checksums verified, in ${runs} random tables`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(changes, { minLength: 3, maxLength: 4 }),
        fc.constantFrom("snappy", "uncompressed"),
        async (list, compression) => {
          const folder = freshFolder();
          const properties = { "delta.parquet.compression.codec": compression };
          const { context, format, patched } = openStore(folder);
          const created = await format.create({
            schema: parseSchemaText(schemaText),
            partitionBy: [],
            properties: new Map(Object.entries(properties)),
          });
          const rows = new Map(Array.from({ length: ROWS }, (_, k) => [BigInt(k), rowOf(k, 0)]));
          let table = created;
          if (writer === "laketable")
            table = (await appendRows(context, created, { data: [batchFromRows([...rows.values()], created.snapshot.schema)] })).table;
          else {
            await writers[writer].run(folder, schema, { kind: "append", rows: [...rows.values()] });
            table = await format.open();
          }
          for (const [index, change] of list.entries()) table = await apply(context, table, change, rows, index + 1);
          if (writer === "laketable" || compression === "snappy") expect(patched()).toBeGreaterThan(0);
          await expectAll(folder, rows);
        },
      ),
      { seed, numRuns: runs, endOnFailure: true },
    );
  });
});

test.skipIf(missingPeers("delta-rs"))("a page that is not what its checksum says is noticed by who verifies it", async () => {
  const folder = freshFolder();
  const { context, format } = openStore(folder);
  const table = await format.create({ schema: parseSchemaText("k long"), partitionBy: [], properties: new Map() });
  const rows = Array.from({ length: 1000 }, (_, k) => ({ k: BigInt(k * k * 7919) }));
  await appendRows(context, table, { data: [batchFromRows(rows, table.snapshot.schema)] });
  expect(await verifiedRowCount(folder)).toBe(1000);
  const [name = ""] = readdirSync(folder).filter((file) => file.endsWith(".parquet"));
  const bytes = readFileSync(join(folder, name));
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  writeFileSync(join(folder, name), bytes);
  await expect(verifiedRowCount(folder)).rejects.toThrow(/crc|checksum/i);
});
