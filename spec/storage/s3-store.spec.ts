import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { createS3Store } from "../../src/storage/s3-store.js";
import { storeContract } from "../contracts/store-contract.js";
import { startS3Double } from "../doubles/s3/s3-double.js";

/** Sixty keys to a page: listings of some size take several. */
const double = await startS3Double({ pageKeys: 60 });
afterAll(() => double.close());

const { endpoint, credentials } = double;
storeContract("the S3 store", async () => ({
  store: createS3Store(`s3://lake/${randomUUID()}/a b+c%20d#e?f`, { endpoint, credentials, partBytes: 5 << 20 }),
}));

test("a store at the root of a bucket has its keys as they are", async () => {
  await createS3Store("s3://root-bucket", { endpoint, credentials })
    .put("a", new Uint8Array(1))
    .catch(() => {});
  double.world.buckets.set("root-bucket", new Map());
  const store = createS3Store("s3a://root-bucket/", { endpoint, credentials });
  await store.put("folder/object", new Uint8Array(3));
  expect([...(double.world.buckets.get("root-bucket")?.keys() ?? [])]).toEqual(["folder/object"]);
  expect(store.url).toBe("s3://root-bucket");
});
