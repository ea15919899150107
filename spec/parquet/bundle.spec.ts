import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build, type BuildOptions } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const wasm = createRequire(import.meta.url).resolve("parquet-wasm/esm/parquet_wasm_bg.wasm");
const run = promisify(execFile);

/** Appends a row and reads it back; `workers` is the first argument. */
const app = `
import { DeltaTable } from "laketable";
async function main() {
  const [folder, workers] = process.argv.slice(2);
  const table = await DeltaTable.create(folder, { schema: { id: "long", name: "string" }, workers: Number(workers) });
  await table.append([{ id: 1n, name: "a" }]);
  for await (const row of table.rows()) console.log(row.id + row.name);
}
main().catch((error) => console.log(error.code, error.message));
`;

describe("the codec in somebody's bundle", () => {
  let project: string;
  /** Beside it there is no node_modules folder. */
  let elsewhere: string;

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), "laketable-bundle-"));
    elsewhere = await mkdtemp(join(tmpdir(), "laketable-bundle-"));
    await mkdir(join(project, "node_modules"));
    await symlink(root, join(project, "node_modules", "laketable"), "dir");
    await writeFile(join(project, "app.mjs"), app);
    const common: BuildOptions = { entryPoints: [join(project, "app.mjs")], bundle: true, platform: "node", logLevel: "silent" };
    await build({ ...common, format: "esm", packages: "external", outfile: join(project, "external.mjs") });
    await build({ ...common, format: "esm", outfile: join(elsewhere, "whole.mjs") });
    await build({ ...common, format: "cjs", outfile: join(elsewhere, "whole.cjs") });
    await mkdir(join(elsewhere, "bare"));
    await copyFile(join(elsewhere, "whole.mjs"), join(elsewhere, "bare", "whole.mjs"));
    await copyFile(wasm, join(elsewhere, "parquet_wasm_bg.wasm"));
  });
  afterAll(async () => {
    await Promise.all([project, elsewhere].map((folder) => rm(folder, { recursive: true, force: true })));
  });

  let tables = 0;
  const output = async (script: string, workers: number): Promise<string> => {
    const { stdout } = await run(process.execPath, [script, join(elsewhere, `table-${tables++}`), String(workers)], { timeout: 30_000 });
    return stdout.trim();
  };

  test("works with workers and without when packages stay external", async () => {
    expect(await output(join(project, "external.mjs"), 1)).toBe("1a");
    expect(await output(join(project, "external.mjs"), 0)).toBe("1a");
  });

  test("works without workers when everything is bundled and the wasm file lies beside", async () => {
    expect(await output(join(elsewhere, "whole.mjs"), 0)).toBe("1a");
    expect(await output(join(elsewhere, "whole.cjs"), 0)).toBe("1a");
  });

  test("says what to do when everything is bundled and workers are asked for", async () => {
    expect(await output(join(elsewhere, "whole.mjs"), 2)).toMatch(/^parquet\/codec .*worker script was not found.*external.*workers: 0/);
  });

  test("says what to do when the wasm file is missing", async () => {
    expect(await output(join(elsewhere, "bare", "whole.mjs"), 0)).toMatch(/^parquet\/codec .*parquet_wasm_bg\.wasm.*external.*copy/);
  });
});

test("the package carries the worker's script", async () => {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root });
  const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[];
  expect(packed?.files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["dist/parquet/codec/worker.js", "dist/parquet/codec/codec-job.js"]),
  );
});
