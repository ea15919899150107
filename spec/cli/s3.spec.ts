import { writeFile } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import { startS3Double, type S3Double } from "../doubles/s3/s3-double.js";
import { lakeProcess, newFolder, type LakeRun } from "./run-lake.js";

await newFolder();
const double = await startS3Double();
const careless = await startS3Double({ mode: "ignore" });
afterAll(() => Promise.all([double.close(), careless.close()]));

/** Credentials and endpoint come from the environment, as for every tool that speaks to AWS. */
function onS3(args: readonly string[], { endpoint, credentials }: S3Double = double): Promise<LakeRun> {
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  return lakeProcess(args, { env });
}

test("a table on S3 is a table like others, and its inputs may be there too", async () => {
  await writeFile("rows.csv", "id,name\n1,Ana\n2,Bo\n");
  double.world.buckets.get("lake")?.set("in/changes.ndjson", {
    body: Buffer.from('{"id":2,"name":"Bob"}\n'),
    etag: '"1"',
    sums: {},
    meta: {},
    modifiedMs: 0,
  });
  expect(await onS3(["create", "s3://lake/a b", "--schema", "id long, name string"])).toMatchObject({
    code: 0,
    stdout: "create: version 0 · 2 columns · s3://lake/a b\n",
    stderr: "",
  });
  expect(await onS3(["append", "s3://lake/a b", "rows.csv", "--quiet"])).toMatchObject({ code: 0, stdout: "", stderr: "" });
  const merged = await onS3(["merge", "s3a://lake/a b", "s3://lake/in/changes.ndjson", "--on", "id", "--json"]);
  expect(JSON.parse(merged.stdout)).toMatchObject({ version: 2, metrics: { rowsUpdated: 1, rowsInserted: 0 } });
  const [newest, before] = await Promise.all([onS3(show), onS3([...show, "--version", "1"])]);
  expect([newest.stdout, before.stdout]).toEqual(['{"name":"Bob"}\n', '{"name":"Bo"}\n']);
});

const show = ["show", "s3://lake/a b", "--where", "id = 2", "--columns", "name", "--json"];

test("4: a server that overlooks conditions is refused for writes, by name", async () => {
  const made = await onS3(["create", "s3://lake/t", "--schema", "id long"], careless);
  expect(made).toMatchObject({ code: 4, stdout: "", stderr: expect.stringMatching(/\[storage\/unsupported\]\n$/) });
});

test("1: what is no table there, and no bucket", async () => {
  const [nothing, noBucket] = await Promise.all([onS3(["history", "s3://lake/none"]), onS3(["history", "s3://nowhere/t"])]);
  expect(nothing).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("[delta/not-a-table]") });
  expect(noBucket).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("nowhere") });
});
