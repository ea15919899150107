import { randomBytes, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createS3Store } from "../../src/storage/s3-store.js";
import { storeContract } from "../../spec/contracts/store-contract.js";

storeContract("the S3 store on MinIO", async () => ({
  store: createS3Store(`s3://lake/${randomUUID()}/a b+c%20d#e?f`, { partBytes: 5 << 20 }),
}));

test("a file of many parts is stored as it was, and read back in pieces", async () => {
  const store = createS3Store(`s3://lake/${randomUUID()}`, { partBytes: 5 << 20 });
  const bytes = randomBytes(43 << 20);
  const writer = await store.openWriter("large");
  for (let at = 0; at < bytes.length; at += 3_000_017) await writer.write(bytes.subarray(at, at + 3_000_017));
  expect(await store.head("large")).toBeUndefined();
  expect((await writer.close()).size).toBe(bytes.length);
  expect(Buffer.compare(await store.get("large"), bytes)).toBe(0);
  const range = { start: 1_234_567, end: 30_000_001 };
  expect(Buffer.compare(await store.get("large", { range }), bytes.subarray(range.start, range.end))).toBe(0);
});

test("of slow and quick rivals with large objects exactly one creates each", async () => {
  const store = createS3Store(`s3://lake/${randomUUID()}`);
  for (let round = 0; round < 5; round += 1) {
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, rival) => store.putIfAbsent(`commit-${round}`, Buffer.alloc(1 + (rival % 2) * (3 << 20), rival))),
    );
    expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
    expect((await store.get(`commit-${round}`))[0]).toBe(outcomes.indexOf("created"));
  }
});

test("the server's refusals are told as what they are", async () => {
  const missing = createS3Store("s3://no-such-bucket-here/t");
  for (const call of [() => missing.get("a"), () => missing.head("a"), () => missing.put("a", new Uint8Array(1))])
    await expect(call()).rejects.toMatchObject({ code: "storage/no-such-bucket" });
  const stranger = { accessKeyId: "laketable", secretAccessKey: "not the secret" };
  for (const credentials of [stranger, { ...stranger, accessKeyId: "nobody" }])
    await expect(createS3Store("s3://lake/t", { credentials }).get("a")).rejects.toMatchObject({ code: "storage/unauthenticated" });
  await expect(createS3Store("s3://lake/t", { credentials: "anonymous" }).get("a")).rejects.toMatchObject({
    code: "storage/permission-denied",
  });
});
