import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import type { ObjectStore } from "../../src/storage/object-store.js";
import type { S3Credentials, S3Options } from "../../src/storage/s3-store-options.js";
import { createS3Store } from "../../src/storage/s3-store.js";
import { startS3Double } from "../doubles/s3/s3-double.js";
import { S3Refusal } from "../doubles/s3/world.js";

const double = await startS3Double({ region: "eu-central-1", publicBuckets: ["open-data"] });
afterAll(() => double.close());
afterEach(() => {
  double.hooks.onRequest = undefined;
  vi.unstubAllEnvs();
});

const { endpoint, credentials } = double;
const bytes = new Uint8Array([1, 2, 3]);
const storeOf = (options: S3Options = {}, location = "s3://lake/table"): ObjectStore =>
  createS3Store(location, { endpoint, credentials, region: "eu-central-1", maxAttempts: 2, ...options });

async function failureOf(work: Promise<unknown>): Promise<LakeError> {
  const error: unknown = await work.then(
    () => expect.fail("it succeeded"),
    (problem: unknown) => problem,
  );
  expect(error).toBeInstanceOf(LakeError);
  return error as LakeError;
}

const list = async (store: ObjectStore): Promise<readonly string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list()) keys.push(key);
  return keys;
};

const calls: readonly [string, (store: ObjectStore) => Promise<unknown>][] = [
  ["list", list],
  ["get", (store) => store.get("a")],
  ["head", (store) => store.head("a")],
  ["put", (store) => store.put("a", bytes)],
  ["putIfAbsent", (store) => store.putIfAbsent("a", bytes)],
  ["delete", (store) => store.delete(["a", "b"])],
  ["openWriter", async (store) => (await store.openWriter("a")).close()],
];

describe("what keeps a store from being reached is told with what to do", () => {
  test.each(calls)("%s in a bucket that is not there", async (_, call) => {
    const error = await failureOf(call(storeOf({}, "s3://no-such-bucket/table")));
    expect(error.code).toBe("storage/no-such-bucket");
    expect(error.message).toContain('"no-such-bucket"');
  });

  test.each(calls)("%s in another region than the bucket's names the right one", async (_, call) => {
    const error = await failureOf(call(storeOf({ region: "us-east-1" })));
    expect([error.code, error.context["bucketRegion"]]).toEqual(["storage/wrong-region", "eu-central-1"]);
    expect(error.message).toMatch(/us-east-1.*s3\.region to "eu-central-1"/);
  });

  test.each([
    ["a secret that is wrong", { credentials: { ...credentials, secretAccessKey: "hush-hush" } }, "does not accept the credentials"],
    ["a key that nobody knows", { credentials: { ...credentials, accessKeyId: "stranger" } }, "does not accept the credentials"],
    ["a provider that fails", { credentials: () => Promise.reject(new Error("the vault is shut")) }, "the vault is shut"],
  ])("%s", async (_, options, says) => {
    const error = await failureOf(list(storeOf(options)));
    expect(error.code).toBe("storage/unauthenticated");
    expect(error.message).toContain(says);
  });

  test.each([
    [400, "ExpiredToken", "storage/unauthenticated", "have expired"],
    [403, "RequestTimeTooSkewed", "storage/unauthenticated", "clock"],
    [403, "AccessDenied", "storage/permission-denied", "s3:GetObject"],
    [403, "InvalidObjectState", "storage/io", "restore it"],
    [501, "NotImplemented", "storage/unsupported", "does not have"],
    [503, "SlowDown", "storage/unavailable", "after 2 attempts"],
    [418, "Teapot", "storage/io", "418 Teapot"],
  ])("%s %s", async (status, code, expected, says) => {
    double.hooks.onRequest = () => {
      throw new S3Refusal(status, code);
    };
    const error = await failureOf(storeOf().get("a"));
    expect([error.code, error.message]).toEqual([expected, expect.stringContaining(says)]);
    expect(error.context).toMatchObject({ url: "s3://lake/table", key: "a", operation: "get" });
  });

  test("a server that takes requests and never answers", async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const store = storeOf({ endpoint: `http://127.0.0.1:${(mute.address() as AddressInfo).port}`, idleTimeoutMs: 100 });
    for (const call of [() => store.get("a"), () => store.put("a", bytes)])
      expect((await failureOf(call())).code).toBe("storage/unavailable");
    mute.closeAllConnections();
    mute.close();
  });

  test("a provider of credentials is asked once, and again when they expire", async () => {
    let asked = 0;
    const expiring = (): Promise<S3Credentials> => {
      asked += 1;
      return Promise.resolve({ ...credentials, expiration: new Date(Date.now() + (asked === 1 ? -1000 : 3_600_000)) });
    };
    const store = storeOf({ credentials: expiring });
    for (let call = 0; call < 3; call += 1) await store.put("a", bytes);
    expect(asked).toBe(2);
  });

  test("a server that is not there", async () => {
    const gone = await startS3Double();
    await gone.close();
    const error = await failureOf(storeOf({ endpoint: gone.endpoint }).get("a"));
    expect([error.code, error.message]).toEqual(["storage/unavailable", expect.stringContaining(gone.endpoint)]);
  });

  test("no error tells a secret, wherever one looks", async () => {
    const secrets = { accessKeyId: double.credentials.accessKeyId, secretAccessKey: "hush-hush", sessionToken: "hush-token" };
    const endpointWithUser = endpoint.replace("http://", "http://user:hush-password@");
    for (const options of [{ credentials: secrets }, { credentials: secrets, endpoint: endpointWithUser }]) {
      const error = await failureOf(storeOf(options).get("a"));
      expect(inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error)).not.toContain("hush");
    }
    expect(
      (await failureOf(Promise.resolve().then(() => storeOf({ credentials: { accessKeyId: "hush" } as never })))).message,
    ).not.toContain("hush");
  });

  test.each<[string, object]>([
    ["an option that is not there", { regoin: "x" }],
    ["an endpoint without a scheme", { endpoint: "localhost:9000" }],
    ["parts below S3's smallest", { partBytes: 1 << 20 }],
    ["no attempt", { maxAttempts: 0 }],
    ["half a key pair", { credentials: { accessKeyId: "x" } }],
  ])("%s is refused before anything is asked", (_, options) => {
    expect(() => storeOf(options)).toThrow(expect.objectContaining({ code: "usage/invalid-option" }));
  });
});

describe("without credentials", () => {
  beforeEach(() => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials");
    vi.stubEnv("AWS_CONFIG_FILE", "/nowhere/config");
    double.world.buckets.get("open-data")?.set("table/a", {
      body: Buffer.from(bytes),
      etag: "e",
      sums: {},
      meta: {},
      modifiedMs: 1000,
    });
  });

  test.each([undefined, "anonymous"] as const)("a public bucket can be read (credentials: %s)", async (wish) => {
    const store = storeOf({ credentials: wish }, "s3://open-data/table");
    expect(await list(store)).toEqual(["a"]);
    expect(await store.get("a")).toEqual(bytes);
    expect(await store.get("a", { range: { start: 1, end: 3 } })).toEqual(bytes.slice(1));
    expect(await store.head("a")).toEqual({ key: "a", size: 3, modifiedMs: 1000 });
  });

  test.each(calls)("%s in a private bucket says that none were found", async (_, call) => {
    const error = await failureOf(call(storeOf({ credentials: undefined })));
    expect([error.code, error.message]).toEqual(["storage/unauthenticated", expect.stringContaining("no AWS credentials were found")]);
    expect(error.message).toContain("AWS_ACCESS_KEY_ID");
  });

  test("who wants to be anonymous is denied, not sent for credentials", async () => {
    const error = await failureOf(storeOf({ credentials: "anonymous" }).get("a"));
    expect([error.code, error.message]).toEqual(["storage/permission-denied", expect.stringContaining("without credentials")]);
  });

  test("a profile that is not there is no stranger", async () => {
    const error = await failureOf(list(storeOf({ credentials: undefined, profile: "night-shift" }, "s3://open-data/table")));
    expect([error.code, error.message]).toEqual(["storage/unauthenticated", expect.stringContaining("night-shift")]);
  });

  test("keys, region and endpoint may come from the environment", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", credentials.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey);
    vi.stubEnv("AWS_REGION", "eu-central-1");
    vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
    const store = createS3Store("s3://lake/from-environment");
    await store.put("a", bytes);
    expect(await store.get("a")).toEqual(bytes);
  });
});

describe("through a proxy", () => {
  test("requests go where the option or the environment says, and not where no_proxy forbids", async () => {
    const targets: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, client, head) => {
      targets.push(request.url ?? "");
      const server = connect(Number(new URL(endpoint).port), "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        server.write(head);
        client.pipe(server).pipe(client);
      });
      for (const socket of [client, server]) socket.on("error", () => socket.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const far = { endpoint: "http://s3.far.test:9000" };
    await storeOf({ ...far, proxy: address }).put("proxied", bytes);
    vi.stubEnv("http_proxy", address);
    vi.stubEnv("no_proxy", "");
    expect(await storeOf(far).get("proxied")).toEqual(bytes);
    vi.stubEnv("no_proxy", "other.test, .far.test");
    expect((await failureOf(storeOf(far).get("proxied"))).code).toBe("storage/unavailable");
    expect(new Set(targets)).toEqual(new Set(["s3.far.test:9000"]));
    proxy.closeAllConnections();
    proxy.close();
  });
});
