import { createHash, randomBytes } from "node:crypto";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { GetObjectCommand, PutObjectCommand, S3Client, type PutObjectCommandInput, type S3ClientConfig } from "@aws-sdk/client-s3";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { checksums } from "./checksums.js";
import { startS3Double } from "./s3-double.js";

const double = await startS3Double();
const { endpoint, credentials } = double;
const clientOf = (config: S3ClientConfig = {}): S3Client =>
  new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true, maxAttempts: 1, ...config });
const client = clientOf();
const put = (input: Partial<PutObjectCommandInput> & { readonly Key: string }, by = client): Promise<unknown> =>
  by.send(new PutObjectCommand({ Bucket: "lake", ...input }));
const content = (Key: string): Buffer | undefined => double.world.buckets.get("lake")?.get(Key)?.body;

afterAll(() => double.close());
afterEach(() => {
  double.hooks.beforeCommit = undefined;
});

test.each([
  ["crc32", "cbf43926"],
  ["crc32c", "e3069283"],
  ["crc64nvme", "ae8b14860a799888"],
  ["sha256", createHash("sha256").update("123456789").digest("hex")],
])("%s of the digits is the published one", (name, hex) => {
  expect(checksums[name]?.(Buffer.from("123456789")).toString("hex")).toBe(hex);
});

describe("nothing is believed", () => {
  test("a wrong secret, a header that was not signed and a changed body are refused, and leave nothing", async () => {
    const forged = clientOf({ credentials: { ...credentials, secretAccessKey: "guessed" } });
    await expect(put({ Key: "forged", Body: "x" }, forged)).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    const meddled = clientOf();
    meddled.middlewareStack.add(
      (next) => (args) => {
        Object.assign((args.request as { headers: object }).headers, { "x-amz-acl": "public-read" });
        return next(args);
      },
      { step: "finalizeRequest", priority: "low" },
    );
    await expect(put({ Key: "meddled", Body: "x" }, meddled)).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(put({ Key: "sum", Body: "x", ChecksumCRC32: "AAAAAA==" })).rejects.toMatchObject({ name: "BadDigest" });
    await expect(put({ Key: "md5", Body: "x", ContentMD5: createHash("md5").update("y").digest("base64") })).rejects.toMatchObject({
      name: "BadDigest",
    });
    expect(["forged", "meddled", "sum", "md5"].map(content)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("a streamed body is taken out of its framing, and checked", async () => {
    const bytes = randomBytes(100_000);
    await put({ Key: "stream", Body: Readable.from([bytes.subarray(0, 20_000), bytes.subarray(20_000)]), ContentLength: bytes.length });
    expect(content("stream")?.equals(bytes)).toBe(true);
    const small = Readable.from([bytes.subarray(0, 100), bytes.subarray(100)]);
    await expect(put({ Key: "small", Body: small, ContentLength: bytes.length })).rejects.toMatchObject({
      name: "InvalidChunkSizeError",
    });
  });

  test("what it does not do is said, never overlooked", async () => {
    await expect(put({ Key: "a", Body: "x", IfNoneMatch: '"etag"' })).rejects.toMatchObject({ name: "NotImplemented" });
    await expect(put({ Key: "a", Body: "x", IfNoneMatch: "*", IfMatch: "e" })).rejects.toMatchObject({ name: "NotImplemented" });
    const acl = await fetch(`${endpoint}/lake/a?acl`);
    expect([acl.status, await acl.text()]).toEqual([501, expect.stringContaining("<Code>NotImplemented</Code>")]);
  });
});

describe("conditions", () => {
  test("of writers that are lined up before the change exactly one is first", async () => {
    let arrived = 0;
    let release = (): void => {};
    const all = new Promise<void>((resolve) => (release = resolve));
    double.hooks.beforeCommit = () => (++arrived === 16 && release(), all);
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, writer) =>
        put({ Key: "lined-up", Body: `writer ${writer}`, IfNoneMatch: "*" }).then(
          () => writer,
          (error: Error) => error.name,
        ),
      ),
    );
    const winners = outcomes.filter((outcome) => typeof outcome === "number");
    expect(winners).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "PreconditionFailed")).toHaveLength(15);
    expect(content("lined-up")?.toString()).toBe(`writer ${winners[0]}`);
  });

  test("a slow upload that began first loses to the one that is whole first", async () => {
    let end = (): void => {};
    const bytes = randomBytes(40_000);
    const slowly = async function* (): AsyncGenerator<Buffer> {
      yield bytes.subarray(0, 20_000);
      await new Promise<void>((resolve) => (end = resolve));
      yield bytes.subarray(20_000);
    };
    const slow = put({ Key: "slow", Body: Readable.from(slowly()), ContentLength: bytes.length, IfNoneMatch: "*" });
    slow.catch(() => {});
    await expect.poll(() => double.history.some(({ key }) => key === "slow")).toBe(true);
    expect(content("slow")).toBeUndefined();
    await put({ Key: "slow", Body: "quick", IfNoneMatch: "*" });
    end();
    await expect(slow).rejects.toMatchObject({ name: "PreconditionFailed" });
    expect(content("slow")?.toString()).toBe("quick");
  });

  test("If-Match asks for the etag of what is there", async () => {
    const { ETag } = (await put({ Key: "etag", Body: "one" })) as { readonly ETag: string };
    await expect(put({ Key: "etag", Body: "two", IfMatch: '"other"' })).rejects.toMatchObject({ name: "PreconditionFailed" });
    await expect(put({ Key: "none", Body: "two", IfMatch: ETag })).rejects.toMatchObject({ name: "NoSuchKey" });
    await put({ Key: "etag", Body: "two", IfMatch: ETag });
    expect(content("etag")?.toString()).toBe("two");
  });
});

test("an upload that breaks off in the middle leaves nothing", async () => {
  const { hostname, port } = new URL(endpoint);
  const socket = connect(Number(port), hostname);
  socket.write("PUT /lake/broken HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf of it");
  await expect.poll(() => double.history.some(({ key }) => key === "broken")).toBe(true);
  socket.destroy();
  await expect(client.send(new GetObjectCommand({ Bucket: "lake", Key: "broken" }))).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("its history tells when each change became visible", async () => {
  double.reset();
  await put({ Key: "told", Body: "x", IfNoneMatch: "*" });
  await put({ Key: "told", Body: "x", IfNoneMatch: "*" }).catch(() => {});
  await client.send(new GetObjectCommand({ Bucket: "lake", Key: "told" }));
  expect(double.history.map(({ operation, status, commit }) => [operation, status, commit !== undefined])).toEqual([
    ["PutObject", 200, true],
    ["PutObject", 412, false],
    ["GetObject", 200, false],
  ]);
});
