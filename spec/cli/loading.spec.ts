import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { lake, lakeProcess, newFolder } from "./run-lake.js";

await newFolder();

/** Tells of every module that is resolved, in whatever thread, as a line on stderr. */
const hooks = `import { writeSync } from "node:fs";
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  writeSync(2, "module " + found.url + "\\n");
  return found;
}`;

beforeAll(async () => {
  await writeFile("hooks.mjs", hooks);
  await writeFile("register.mjs", `import { register } from "node:module"; register("./hooks.mjs", import.meta.url);`);
  await lake(["create", "t", "--schema", "id long", "--quiet"]);
  await lake(["append", "t", "-", "--format", "csv", "--quiet"], { stdin: "id\n1\n" });
});

interface Wanted {
  readonly code: number;
  readonly env: Readonly<Record<string, string>>;
}

/** The packages that a command loads, the folders of this one, and the two codecs, whose packages only workers may load. */
async function loadedBy(args: readonly string[], { code: expected, env }: Wanted = { code: 0, env: {} }): Promise<readonly string[]> {
  const register = pathToFileURL(resolve("register.mjs")).href;
  const { code, stderr } = await lakeProcess(args, { env: { ...env, NODE_OPTIONS: `--no-warnings --import ${register}` } });
  expect(code).toBe(expected);
  const urls = [...stderr.matchAll(/^module (.*)$/gm)].map(([, url = ""]) => url);
  return [...new Set(urls.flatMap(namesIn))];
}

function namesIn(url: string): readonly string[] {
  const packageName = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (packageName !== undefined) return [packageName];
  const [, path = ""] = /\/dist\/(.*)\.js$/.exec(url) ?? [];
  return [/^[^/]+/.exec(path)?.[0] ?? "", /codec-(?:pool|inline)$/.exec(path)?.[0] ?? ""].filter((name) => name !== "");
}

const heavy = new Set(["apache-arrow", "parquet-wasm", "codec-pool", "codec-inline"]);
const isHeavy = (name: string): boolean => heavy.has(name) || /aws|smithy/.test(name);

test("lake --version loads the command line and nothing of the engine", async () => {
  const loaded = await loadedBy(["--version"]);
  expect(loaded).toContain("commander");
  expect(loaded.filter((name) => isHeavy(name) || ["api", "delta", "engine", "storage", "parquet"].includes(name))).toEqual([]);
});

test("lake history loads neither a codec nor Arrow nor an S3 client", async () => {
  const loaded = await loadedBy(["history", "t"]);
  expect(loaded).toContain("delta");
  expect(loaded.filter(isHeavy)).toEqual([]);
});

test("the check sees them where they are: lake show loads Arrow and a codec, a table on S3 its client", async () => {
  expect(await loadedBy(["show", "t"])).toEqual(expect.arrayContaining(["apache-arrow", "codec-pool"]));
  // Nobody listens there.
  const env = {
    AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
    AWS_MAX_ATTEMPTS: "1",
  };
  expect(await loadedBy(["history", "s3://bucket/t"], { code: 1, env })).toContain("@aws-sdk/client-s3");
});
