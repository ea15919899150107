import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DeltaTable } from "laketable";
import { startDroppingProxy, type DroppingProxy } from "../../spec/doubles/dropping-proxy.js";
import { startS3Double, type S3Double } from "../../spec/doubles/s3/s3-double.js";
import { expectedRows, runKilledWriters } from "./killed-writers.js";
import { textOf } from "./mixed-journal.js";

/** Few when they run among all other tests. */
const [writers = 2, statements = 6] = (process.env["LAKETABLE_KILLED_WRITERS"] ?? "2x6").split("x").map(Number);
const kills = Number(process.env["LAKETABLE_KILLS"] ?? writers * 2);
/** A real server and a bucket on it, with credentials in the environment. Default: the double. */
const realEndpoint = process.env["LAKETABLE_S3_ENDPOINT"];
const bucket = process.env["LAKETABLE_S3_BUCKET"] ?? "lake";
const faults = { drop: 0.03, loseReply: 0.03, cutReply: 0.02, delay: 0.1, delayMsMax: 150 };
const options = { workers: 0 };

let folder: string;
let double: S3Double | undefined;
let proxy: DroppingProxy;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "laketable-killed-s3-"));
  if (realEndpoint === undefined) double = await startS3Double({ buckets: [bucket] });
  const { hostname, port } = new URL(double?.endpoint ?? realEndpoint ?? "");
  proxy = await startDroppingProxy({ host: hostname, port: Number(port) });
  const credentials = double && {
    AWS_ACCESS_KEY_ID: double.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: double.credentials.secretAccessKey,
  };
  env = { AWS_REGION: "us-east-1", ...credentials, AWS_ENDPOINT_URL: `http://127.0.0.1:${proxy.port}` };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await proxy.close();
  await double?.close();
  await rm(folder, { recursive: true, force: true });
});

test(`on S3 behind a wire that drops and delays, ${writers} processes that are killed lose nothing`, { timeout: 900_000 }, async () => {
  const url = `s3://${bucket}/killed-${Date.now()}`;
  await DeltaTable.create(url, {
    schema: { k: "int", v: "int", part: "int" },
    properties: { "delta.checkpointInterval": "7" },
    ...options,
  });
  proxy.faults = faults;
  const run = await runKilledWriters({ url, folder, writers, statements, kills, killAfterMs: 1500, env });
  proxy.faults = {};
  // A put of the dead may come late: then the next life's statement was made without it.
  const failures = ["storage/unavailable", "storage/io", "delta/commit-unknown", "delta/conflict"];
  const expected = textOf(await expectedRows(url, run.journals, { failures }));
  const table = await DeltaTable.open(url, options);
  const found = (await table.toArray()).map(({ k, v }) => `${String(k)}:${String(v)}`);
  expect(found.sort().join(" ")).toBe(expected);
  expect(await table.count()).toBe(found.length);
  const failed = run.journals.flat().flatMap((entry) => (entry.event === "failed" ? [entry.code] : []));
  console.log(`${run.kills} kills, ${table.version} versions, ${failed.length} failed, requests ${JSON.stringify(proxy.counts)}`);
  // Few requests may all have luck.
  if (proxy.counts.pass > 500) expect(proxy.counts.drop + proxy.counts.loseReply + proxy.counts.cutReply).toBeGreaterThan(0);
});
