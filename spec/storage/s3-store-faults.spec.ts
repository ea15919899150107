import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { ObjectStore } from "../../src/storage/object-store.js";
import type { S3Options } from "../../src/storage/s3-store-options.js";
import { partSize } from "../../src/storage/s3-store-writer.js";
import { createS3Store } from "../../src/storage/s3-store.js";
import { startS3Double } from "../doubles/s3/s3-double.js";
import { S3Refusal, type DoubleRequest } from "../doubles/s3/world.js";

const double = await startS3Double();
afterAll(() => double.close());
afterEach(() => {
  Object.assign(double.hooks, { onRequest: undefined, beforeCommit: undefined, afterCommit: undefined, onAnswer: undefined });
});

const { endpoint, credentials } = double;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
/** A store at a new prefix, probed already, so that only what is tested is counted. */
async function newStore(options: S3Options = {}): Promise<ObjectStore> {
  const store = createS3Store(`s3://lake/${randomUUID()}`, { endpoint, credentials, maxAttempts: 3, partBytes: 5 << 20, ...options });
  await store.putIfAbsent("probed", text("x"));
  await store.delete(["probed"]);
  double.reset();
  return store;
}

/** Lets something happen to the first `times` requests of an operation. */
function first<R>(times: number, operation: string, happen: () => R): (request: DoubleRequest) => R | undefined {
  let left = times;
  return ({ record }) => (record.operation === operation && left-- > 0 ? happen() : undefined);
}
const drop = (): "drop" => "drop";
const refuse = (status: number, code: string) => (): never => {
  throw new S3Refusal(status, code);
};
const done = (operation: string): number => double.history.filter((record) => record.operation === operation).length;

describe("reading", () => {
  const bytes = randomBytes(200_000);

  test.each(["cut", "stall", "trickle", "damage"] as const)("a body that suffers a %s is read once more", async (fault) => {
    const store = await newStore({ idleTimeoutMs: 150 });
    const small = bytes.subarray(0, 50_000);
    await store.put("a", small);
    double.hooks.onAnswer = first(1, "GetObject", () => fault);
    expect(Buffer.compare(await store.get("a"), small)).toBe(0);
    expect(done("GetObject")).toBe(2);
    if (fault === "damage") return;
    double.hooks.onAnswer = first(1, "GetObject", () => fault);
    expect(Buffer.compare(await store.get("a", { range: { start: 10, end: 40_000 } }), small.subarray(10, 40_000))).toBe(0);
    expect(done("GetObject")).toBe(4);
  });

  test("bodies that always break off end as storage/unavailable, after as many attempts as are allowed", async () => {
    const store = await newStore();
    await store.put("a", bytes);
    double.hooks.onAnswer = () => "cut";
    await expect(store.get("a")).rejects.toMatchObject({ code: "storage/unavailable", message: expect.stringContaining("3 times") });
    expect(done("GetObject")).toBe(3);
  });

  test.each(["SlowDown", "InternalError"])("a server that answers %s twice is asked a third time", async (code) => {
    const store = await newStore();
    await store.put("a", bytes);
    double.hooks.onRequest = first(2, "GetObject", refuse(503, code));
    expect(Buffer.compare(await store.get("a"), bytes)).toBe(0);
  });

  test("a large object is read in pieces at once, and never mixed of two", async () => {
    const store = await newStore();
    const [old, fresh] = [1, 2].map((fill) => Buffer.alloc(17 << 20, fill));
    await store.put("large", old ?? Buffer.alloc(0));
    double.reset();
    expect(Buffer.compare(await store.get("large", { range: { start: 0, end: 17 << 20 } }), old ?? Buffer.alloc(0))).toBe(0);
    expect(done("GetObject")).toBe(3);
    for (const options of [{}, { range: { start: 0, end: 17 << 20 } }]) {
      await store.put("large", old ?? Buffer.alloc(0));
      let pieces = 0;
      double.hooks.onRequest = async ({ record, bucket, key }) => {
        if (record.operation !== "GetObject" || ++pieces !== 2) return;
        const object = double.world.buckets.get(bucket)?.get(key);
        if (object !== undefined) double.world.buckets.get(bucket)?.set(key, { ...object, body: fresh ?? object.body, etag: "fresh" });
      };
      const found = await store.get("large", options);
      expect(Buffer.compare(found, fresh ?? Buffer.alloc(0))).toBe(0);
    }
  });

  test("a listing that is not in order is put in order, or refused where that comes too late", async () => {
    const wrong = await startS3Double({ listsByUtf16: true, pageKeys: 3 });
    try {
      const store = createS3Store("s3://lake/t", { endpoint: wrong.endpoint, credentials });
      const list = async (prefix: string): Promise<readonly string[]> => {
        const keys: string[] = [];
        for await (const { key } of store.list({ prefix })) keys.push(key);
        return keys;
      };
      const early = ["e/a", "e/\ue000", "e/\uffee", "e/😀"];
      for (const key of early) await store.put(key, text(key));
      expect(await list("e/")).toEqual(early);
      for (const key of ["l/a", "l/b", "l/😀", "l/\ue000"]) await store.put(key, text(key));
      await expect(list("l/")).rejects.toMatchObject({ code: "storage/unsupported" });
    } finally {
      await wrong.close();
    }
  });
});

describe("putIfAbsent", () => {
  test("a reply that is lost leads to an honest exists", async () => {
    const store = await newStore();
    double.hooks.afterCommit = first(1, "PutObject", drop);
    expect(await store.putIfAbsent("a", text("ours"))).toBe("exists");
    expect(new TextDecoder().decode(await store.get("a"))).toBe("ours");
  });

  test.each(["ConditionalRequestConflict", "ConcurrentModification"])("%s (409) is no answer: the same is asked again", async (code) => {
    const store = await newStore();
    double.hooks.onRequest = first(2, "PutObject", refuse(409, code));
    expect(await store.putIfAbsent("a", text("ours"))).toBe("created");
    double.hooks.onRequest = first(9, "PutObject", refuse(409, code));
    await expect(store.putIfAbsent("b", text("ours"))).rejects.toMatchObject({ code: "storage/unavailable" });
  });

  test("where nobody can tell whether it was done, it says so", async () => {
    const store = await newStore();
    double.hooks.onRequest = first(9, "PutObject", drop);
    await expect(store.putIfAbsent("reset before", text("x"))).rejects.toMatchObject({ code: "storage/unavailable" });
    double.hooks.onRequest = first(9, "PutObject", refuse(500, "InternalError"));
    await expect(store.putIfAbsent("always 500", text("x"))).rejects.toMatchObject({ code: "storage/unavailable" });
    // The first attempt may have been carried out; what the second is refused for says nothing about that.
    let attempt = 0;
    double.hooks.onRequest = ({ record }) => {
      if (record.operation !== "PutObject") return;
      attempt += 1;
      if (attempt === 2) throw new S3Refusal(403, "AccessDenied");
    };
    double.hooks.afterCommit = first(1, "PutObject", drop);
    await expect(store.putIfAbsent("denied at last", text("x"))).rejects.toMatchObject({
      code: "storage/unavailable",
      message: expect.stringContaining("unknown"),
    });
    double.hooks.onRequest = refuse(403, "AccessDenied");
    await expect(store.putIfAbsent("denied at once", text("x"))).rejects.toMatchObject({ code: "storage/permission-denied" });
  });

  test("a commit is one request with its bytes in one piece", async () => {
    const store = await newStore();
    const bodies: unknown[] = [];
    double.hooks.onRequest = ({ headers }) =>
      void bodies.push([headers["if-none-match"], headers["content-length"], headers["x-amz-trailer"]]);
    await store.putIfAbsent("a", randomBytes(3_000_000));
    expect(bodies).toEqual([["*", "3000000", undefined]]);
  });
});

describe("a server without conditional writes", () => {
  test.each([
    ["ignore", "a second time"],
    ["unsupported", "501"],
  ] as const)("that is one of the kind %s is refused by name at the first commit, and nothing stays", async (mode, says) => {
    const bad = await startS3Double({ mode });
    try {
      const store = createS3Store("s3://lake/table", { endpoint: bad.endpoint, credentials });
      for (let commit = 0; commit < 2; commit += 1) {
        const error: unknown = await store.putIfAbsent("_delta_log/0.json", text("x")).catch((problem: unknown) => problem);
        expect(error).toMatchObject({ code: "storage/unsupported", message: expect.stringContaining(bad.endpoint) });
        expect(String(error)).toContain(says);
      }
      expect([...(bad.world.buckets.get("lake")?.keys() ?? [])]).toEqual([]);
      expect(bad.history.filter(({ operation }) => operation === "DeleteObject")).toHaveLength(1);
      await store.put("readable", text("x"));
      expect((await store.get("readable")).length).toBe(1);
    } finally {
      await bad.close();
    }
  });

  test("one that has them is asked once, by three small requests", async () => {
    const good = await startS3Double();
    const options = { endpoint: good.endpoint, credentials };
    for (const table of ["a", "b"]) await createS3Store(`s3://lake/${table}`, options).putIfAbsent("_delta_log/0.json", text("x"));
    expect(good.operations()).toEqual(["DeleteObject", ...Array.from({ length: 4 }, () => "PutObject")]);
    expect([...(good.world.buckets.get("lake")?.keys() ?? [])]).toEqual(["a/_delta_log/0.json", "b/_delta_log/0.json"]);
    await good.close();
  });
});

describe("openWriter", () => {
  const write = async (store: ObjectStore, mebibytes: number): Promise<Buffer> => {
    const bytes = randomBytes(mebibytes << 20);
    const writer = await store.openWriter("file");
    for (let at = 0; at < bytes.length; at += 700_001) await writer.write(bytes.subarray(at, at + 700_001));
    await writer.close();
    return bytes;
  };

  test("what fits into a part is one PUT, more an upload whose parts S3 takes, four at a time", async () => {
    const store = await newStore();
    await write(store, 4);
    expect(double.operations()).toEqual(["HeadObject", "PutObject"]);
    double.reset();
    let [underWay, most] = [0, 0];
    double.hooks.onRequest = async ({ record }) => {
      if (record.operation !== "UploadPart") return;
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 20));
      underWay -= 1;
    };
    const bytes = await write(store, 31);
    expect(most).toBeLessThanOrEqual(4);
    expect(double.operations()).toEqual([
      "CompleteMultipartUpload",
      "CreateMultipartUpload",
      "HeadObject",
      ...Array.from({ length: 7 }, () => "UploadPart"),
    ]);
    expect(Buffer.compare(await store.get("file"), bytes)).toBe(0);
  });

  test("a completion whose reply is lost is looked up, and found done", async () => {
    const store = await newStore();
    double.hooks.afterCommit = first(1, "CompleteMultipartUpload", drop);
    const bytes = await write(store, 6);
    expect(Buffer.compare(await store.get("file"), bytes)).toBe(0);
    expect(double.world.uploads.size).toBe(0);
  });

  test("a completion that fails for good leaves no object and no parts", async () => {
    const store = await newStore();
    double.hooks.onRequest = first(9, "CompleteMultipartUpload", refuse(500, "InternalError"));
    await expect(write(store, 6)).rejects.toMatchObject({ code: "storage/unavailable" });
    expect(await store.head("file")).toBeUndefined();
    expect(double.world.uploads.size).toBe(0);
  });

  test.each(["refused part", "abort", "signal"])("a %s in the middle takes back what was sent", async (how) => {
    const store = await newStore();
    const controller = new AbortController();
    const writer = await store.openWriter("file", { signal: controller.signal });
    await writer.write(randomBytes(11 << 20));
    if (how === "refused part") {
      double.hooks.onRequest = first(1, "UploadPart", refuse(403, "AccessDenied"));
      await expect(writer.write(randomBytes(30 << 20)).then(() => writer.close())).rejects.toMatchObject({
        code: "storage/permission-denied",
      });
    } else if (how === "signal") {
      controller.abort();
      await expect(writer.write(randomBytes(6 << 20))).rejects.toMatchObject({ code: "usage/aborted" });
    }
    await writer.abort();
    expect(double.world.uploads.size).toBe(0);
    expect(await store.head("file")).toBeUndefined();
  });

  test("the parts that S3 allows hold two tebibytes, in parts that fit into memory for long", () => {
    const sizes = Array.from({ length: 10_000 }, (_, index) => partSize(8 << 20, index + 1));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(2 * 2 ** 40);
    expect(sizes[1249]).toBe(8 << 20);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1 << 30);
  });
});

describe("delete", () => {
  const keys = Array.from({ length: 2300 }, (_, index) => `f/${index}`);

  test("goes by the thousand", async () => {
    const store = await newStore();
    for (const key of ["f/0", "f/2299", "kept"]) await store.put(key, text("x"));
    double.reset();
    await store.delete(keys);
    expect(double.operations()).toEqual(["DeleteObjects", "DeleteObjects", "DeleteObjects"]);
    expect([...(await Promise.all(["f/0", "f/2299", "kept"].map((key) => store.head(key))))].map((meta) => meta?.key)).toEqual([
      undefined,
      undefined,
      "kept",
    ]);
  });

  test("goes one by one for keys that XML cannot hold, and where the server knows no other way", async () => {
    const store = await newStore();
    const odd = ["bell\u0007", "a\uffff"];
    for (const key of odd) await store.put(key, text("x"));
    double.reset();
    await store.delete([...odd, "a", "b"]);
    expect(double.operations()).toEqual(["DeleteObject", "DeleteObject", "DeleteObjects"]);
    double.hooks.onRequest = first(9, "DeleteObjects", refuse(501, "NotImplemented"));
    await store.put("c", text("x"));
    double.reset();
    for (let round = 0; round < 2; round += 1) await store.delete(["c", "d", "e"]);
    expect([done("DeleteObjects"), done("DeleteObject")]).toEqual([1, 6]);
  });
});
