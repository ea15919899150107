import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { lake, newFolder } from "./run-lake.js";

const cwd = await newFolder();

beforeAll(async () => {
  await lake(["create", "t", "--schema", "id long", "--quiet"], { cwd });
  await lake(["append", "t", "-", "--format", "ndjson", "--quiet"], { cwd, stdin: '{"id":1}\n' });
});

/** Which of the packages a command loads, by the scripts that V8 reports when the process ends. */
async function loadedBy(...args: readonly string[]): Promise<readonly string[]> {
  const folder = join(cwd, `coverage-${args[0]}`);
  await lake(args, { cwd, env: { NODE_V8_COVERAGE: folder } });
  const reports = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
  const scripts = reports.flatMap((text) => (JSON.parse(text) as { result: { url: string }[] }).result.map(({ url }) => url));
  expect(scripts.filter((url) => url.endsWith("/dist/cli/main.js"))).not.toEqual([]);
  return ["apache-arrow", "parquet-wasm", "@aws-sdk", "@smithy", "string-width"].filter((name) =>
    scripts.some((url) => url.includes(`/node_modules/${name}/`)),
  );
}

test.concurrent("lake --version loads neither Arrow nor the codec", async () => {
  expect(await loadedBy("--version")).toEqual([]);
});

test.concurrent("lake --help loads neither Arrow nor the codec", async () => {
  expect(await loadedBy("--help")).toEqual([]);
});

test.concurrent("lake history loads neither the codec nor Arrow nor an S3 client", async () => {
  expect(await loadedBy("history", "t")).toEqual(["string-width"]);
});

test.concurrent("lake show as Parquet loads Arrow, which the report of V8 tells", async () => {
  expect(await loadedBy("show", "t", "--format", "parquet")).toContain("apache-arrow");
});
