import { expect } from "vitest";
import { DeltaTable, type LakeError, type LakeErrorCode } from "../../src/index.js";
import { connectStore } from "../../src/api/runtime.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import type { ObjectStore } from "../../src/storage/object-store.js";
import { createFaultyStore, type FaultyStore } from "../doubles/faulty-store.js";

const inThread = { workers: 0 } as const;

const schema = {
  id: "int not null",
  name: "string",
  price: "decimal(5,2)",
  day: "date",
  small: "byte",
  spot: "struct<x:int not null,y:int>",
} as const;

const rows = [
  { id: 1, name: "Ann", price: "1.50", day: "2026-01-31", small: 1, spot: { x: 1, y: null } },
  { id: 2, name: "Bob", price: "-1.50", day: null, small: null, spot: null },
  { id: 3, name: "Eve", price: "999.99", day: "1600-02-29", small: -128, spot: { x: 3, y: 3 } },
] as const;

let count = 0;

/** A table with three rows at version 1, in memory. */
export async function smallTable(properties: Readonly<Record<string, string>> = {}) {
  count += 1;
  const table = await DeltaTable.create(`memory://bad-input-${process.pid}-${count}`, { schema, properties, ...inThread });
  await table.append(rows);
  return table;
}

export type SmallTable = Awaited<ReturnType<typeof smallTable>>;

/** The table at a store, as another process would see it. */
export async function openStore(store: ObjectStore): Promise<DeltaTable> {
  const connection = connectStore(store, inThread);
  return new DeltaTable(connection, await connection.format.open(), false);
}

/** A small table on a store that can be told to fail, and what is really there. */
export async function faultyTable(): Promise<{ readonly faulty: FaultyStore; readonly store: ObjectStore; readonly table: DeltaTable }> {
  const store = createMemoryStore({ url: "memory://faulty" });
  const source = await smallTable();
  await copyTable(source.url, store);
  const faulty = createFaultyStore(store);
  return { store, faulty, table: await openStore(faulty) };
}

async function copyTable(url: string, target: ObjectStore): Promise<void> {
  const { createStoreResolver } = await import("../../src/storage/resolver.js");
  const source = createStoreResolver().resolve(url);
  for await (const { key } of source.list()) await target.put(key, await source.get(key));
}

interface Expected {
  readonly code: LakeErrorCode;
  /** What the message says: the problem, and what to do. */
  readonly says: readonly (string | RegExp)[];
  /** Facts that are in the context. */
  readonly facts: object;
}

/** The call fails as is expected, and table and handle are as they were. */
export async function expectRefused(table: DeltaTable<never, never>, call: () => Promise<unknown>, expected: Expected): Promise<void> {
  const before = { version: table.version, rows: await table.toArray({}) };
  await expectFailure(call, expected);
  expect({ version: table.version, rows: await table.toArray({}) }).toEqual(before);
  const fresh = await DeltaTable.open(table.url, inThread);
  expect({ version: fresh.version, rows: await fresh.toArray() }).toEqual(before);
}

export async function expectFailure(call: () => Promise<unknown>, { code, says, facts }: Expected): Promise<LakeError> {
  const error = await call().then(
    () => expect.fail(`expected ${code}, but nothing was refused`),
    (failure: unknown) => failure as LakeError,
  );
  expect({ name: error.name, code: error.code, message: error.message }).toEqual({ name: "LakeError", code, message: error.message });
  for (const part of says) expect(error.message).toMatch(part);
  expect(error.context).toMatchObject(facts);
  // Facts go into logs: they have to be JSON.
  expect(() => JSON.stringify(error.context)).not.toThrow();
  return error;
}
