import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createS3Store } from "../../src/storage/s3-store.js";
import { startRegionalAws } from "../doubles/s3/regional-aws.js";

const aws = await startRegionalAws({ paris: "eu-west-3", virginia: "us-east-1" }, "hello");
afterAll(() => aws.close());

beforeEach(() => {
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
    vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials");
  vi.stubEnv("AWS_CONFIG_FILE", "/nowhere/config");
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("HTTPS_PROXY", aws.proxy);
  vi.stubEnv("NO_PROXY", "");
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  aws.requests.length = 0;
});
afterEach(() => vi.unstubAllEnvs());

const credentials = { accessKeyId: "a", secretAccessKey: "b" };

describe("on AWS", () => {
  test.each([
    ["paris", "eu-west-3", credentials, "signed"],
    ["virginia", "us-east-1", credentials, "signed"],
    ["paris", "eu-west-3", "anonymous", "unsigned"],
  ] as const)("where nobody says the region of %s, the bucket is asked, once", async (bucket, region, keys, signing) => {
    for (const key of ["a", "b"]) {
      const bytes = await createS3Store(`s3://${bucket}/t`, { credentials: keys }).get(key);
      expect(new TextDecoder().decode(bytes)).toBe("hello");
    }
    const host = `${bucket}.s3.${region}.amazonaws.com`;
    expect(aws.requests).toEqual([
      `HEAD ${bucket}.s3.us-east-1.amazonaws.com/ unsigned`,
      `GET ${host}/t/a ${signing}`,
      `GET ${host}/t/b ${signing}`,
    ]);
  });

  test("a region that is given is believed, and a wrong one told with the right one", async () => {
    const store = createS3Store("s3://paris/t", { credentials, region: "us-west-2" });
    for (const call of [() => store.get("a"), () => store.head("a"), () => store.put("a", new Uint8Array(1))]) {
      await expect(call()).rejects.toMatchObject({
        code: "storage/wrong-region",
        message: expect.stringContaining('s3.region to "eu-west-3"'),
      });
    }
    vi.stubEnv("AWS_REGION", "eu-west-3");
    expect((await createS3Store("s3://paris/t", { credentials }).get("a")).length).toBe(5);
    expect(aws.requests.filter((request) => request.startsWith("HEAD paris.s3.us-east-1"))).toEqual([]);
  });

  test("a bucket that is nowhere is told as that", async () => {
    await expect(createS3Store("s3://atlantis/t", { credentials }).get("a")).rejects.toMatchObject({ code: "storage/no-such-bucket" });
  });

  test("no probe is made: AWS has conditional writes", async () => {
    await createS3Store("s3://virginia/t", { credentials, region: "us-east-1" }).putIfAbsent("0.json", new Uint8Array(1));
    expect(aws.requests).toEqual(["PUT virginia.s3.us-east-1.amazonaws.com/t/0.json signed"]);
  });
});
