import { DeltaTable, type LakeError, type LakeErrorCode } from "../../src/index.js";
import { expect } from "vitest";

let count = 0;

/** A place in memory that no other test has. */
export function newLocation(): string {
  count += 1;
  return `memory://spec-${process.pid}-${count}`;
}

export const userSchema = {
  user_id: "long not null",
  name: "string",
  country: "string",
  score: "decimal(12,2)",
  tags: "array<string>",
  updated_at: "timestamp",
} as const;

/** In this thread: specs have small tables, and threads take a while to start. */
export const inThread = { workers: 0 } as const;

const ann = { user_id: 1n, name: "Ann", country: "KR", score: "10.50", tags: ["a", null], updated_at: "2026-01-01T00:00:00.000001Z" };
const bob = { user_id: 2n, name: "Bob", country: "US", score: "-3.00", tags: [], updated_at: null };
const eve = {
  user_id: 9_007_199_254_740_993n,
  name: null,
  country: "KR",
  score: null,
  tags: null,
  updated_at: "0001-01-01T00:00:00.000000Z",
};
export const people = { ann, bob, eve } as const;

/** Version 0 makes the table, version 1 appends Ann, Bob and Eve. */
export async function usersTable(location = newLocation()) {
  const users = await DeltaTable.create(location, { schema: userSchema, ...inThread });
  await users.append([ann, bob, eve]);
  return users;
}

/** The failure of a call, which has to be a `LakeError` of this code. */
export async function failureOf(call: Promise<unknown> | (() => unknown), code: LakeErrorCode): Promise<LakeError> {
  const error = await (async () => (typeof call === "function" ? call() : call))().then(
    () => expect.fail(`expected ${code}, but nothing was refused`),
    (failure: unknown) => failure,
  );
  expect(error).toMatchObject({ name: "LakeError", code });
  return error as LakeError;
}

/** The ids of a table's rows, in order. */
export async function idsOf(table: Pick<DeltaTable<{ user_id: bigint }>, "toArray">, where?: string): Promise<bigint[]> {
  const rows = await table.toArray({ where });
  return rows.map(({ user_id }) => user_id).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
