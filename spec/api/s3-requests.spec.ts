import { afterAll, beforeEach, expect, test } from "vitest";
import { DeltaTable, type ConnectOptions } from "../../src/index.js";
import { startS3Double } from "../doubles/s3/s3-double.js";

/** What an operation costs on S3, request by request: a change of these numbers is a decision. */
const double = await startS3Double();
afterAll(() => double.close());

const options: ConnectOptions = { workers: 0, s3: { endpoint: double.endpoint, credentials: double.credentials } };
const schema = { id: "long", name: "string" } as const;
let tables = 0;

/** Fewer is no failure, but should be written down here. */
async function expectAtMost(budget: Readonly<Record<string, number>>, work: () => Promise<unknown>): Promise<void> {
  double.reset();
  await work();
  const counts: Record<string, number> = {};
  for (const operation of double.operations()) counts[operation] = (counts[operation] ?? 0) + 1;
  const tooMany = Object.entries(counts).filter(([operation, count]) => count > (budget[operation] ?? 0));
  expect(tooMany, JSON.stringify(counts)).toEqual([]);
}

async function newTable(): Promise<DeltaTable> {
  const table = await DeltaTable.create(`s3://lake/t${++tables}`, { schema, ...options });
  return table as unknown as DeltaTable;
}

// The probe of a server that is not AWS is made once per process.
beforeEach(async () => {
  if (tables === 0) await newTable();
});

test("create", async () => {
  await expectAtMost({ ListObjectsV2: 1, PutObject: 1, HeadObject: 1 }, newTable);
});

test("open: the hint, which may be missing, one listing and the commits since", async () => {
  const table = await newTable();
  await table.append([{ id: 1n, name: "a" }]);
  await expectAtMost({ ListObjectsV2: 1, GetObject: 3 }, () => DeltaTable.open(table.url, options));
});

test("append: the file, the commit, and the time of each", async () => {
  const table = await newTable();
  await expectAtMost({ PutObject: 2, HeadObject: 2 }, () => table.append([{ id: 1n, name: "a" }]));
});

test("append that meets a rival", async () => {
  const table = await newTable();
  const rival = await DeltaTable.open(table.url, options);
  await rival.append([{ id: 1n, name: "a" }]);
  await expectAtMost({ PutObject: 3, HeadObject: 3, GetObject: 1 }, () => table.append([{ id: 2n, name: "b" }]));
});

test("read of a small file: its footer and its columns", async () => {
  const table = await newTable();
  await table.append([{ id: 1n, name: "a" }]);
  await expectAtMost({ GetObject: 2 }, () => table.toArray());
});

test("history of ten versions", async () => {
  const table = await newTable();
  for (let version = 1; version < 10; version += 1) await table.append([{ id: BigInt(version), name: "a" }]);
  const fresh = await DeltaTable.open(table.url, options);
  await expectAtMost({ ListObjectsV2: 1 }, () => fresh.history());
});

test("merge into one file of one row", async () => {
  const table = await newTable();
  await table.append([{ id: 1n, name: "a" }]);
  const source = [
    { id: 1n, name: "x" },
    { id: 2n, name: "y" },
  ];
  await expectAtMost({ GetObject: 4, PutObject: 2, HeadObject: 2 }, () =>
    table
      .merge({ source, on: ["id"] })
      .whenMatchedUpdateAll()
      .whenNotMatchedInsertAll()
      .execute(),
  );
});
