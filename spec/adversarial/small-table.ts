import { createTable } from "../../src/api/create-table.js";
import { DeltaTable } from "../../src/api/delta-table.js";
import { connectStore } from "../../src/api/runtime.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import type { ObjectStore } from "../../src/storage/object-store.js";

const options = { workers: 0 };

/** A small partitioned table at version 2, in a store of its own. */
export async function smallTable(): Promise<ObjectStore> {
  const store = createMemoryStore();
  await createTable(connectStore(store, options), { schema: { k: "int", part: "string", v: "int" }, partitionBy: ["part"] });
  const table = await open(store);
  await table.append([1, 2, 3].map((k) => ({ k, part: k === 3 ? "b" : "a", v: k * 100 })));
  await table.append([4, 5].map((k) => ({ k, part: "b", v: k * 100 })));
  return store;
}

export async function open(store: ObjectStore): Promise<DeltaTable> {
  const connection = connectStore(store, options);
  return new DeltaTable(connection, await connection.format.open(), false);
}

export async function rowsOf(store: ObjectStore): Promise<readonly string[]> {
  const rows = await (await open(store)).toArray();
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** Data files that no version names. */
export async function orphans(store: ObjectStore): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list()) keys.push(key);
  let log = "";
  for (const key of keys)
    if (key.startsWith("_delta_log/") && key.endsWith(".json")) log += new TextDecoder().decode(await store.get(key));
  return keys.filter((key) => key.endsWith(".parquet") && !key.startsWith("_delta_log/") && !log.includes(key.split("/").at(-1) ?? key));
}
