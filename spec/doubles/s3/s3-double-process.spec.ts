import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { createS3Store } from "../../../src/storage/s3-store.js";

test("the double runs as a process of its own", async () => {
  const folder = await mkdtemp(join(tmpdir(), "laketable-double-"));
  const outfile = join(folder, "double.mjs");
  const entry = new URL("s3-double-process.ts", import.meta.url).pathname;
  await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm" });
  const options = { buckets: ["apart"], accessKeyId: "a", secretAccessKey: "b" };
  const child = spawn(process.execPath, [outfile, JSON.stringify(options)], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const endpoint = line.toString().trim();
  const store = createS3Store("s3://apart/t", { endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
  expect(await store.putIfAbsent("0.json", new Uint8Array(1))).toBe("created");
  expect(await store.putIfAbsent("0.json", new Uint8Array(2))).toBe("exists");
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
  await rm(folder, { recursive: true });
});
