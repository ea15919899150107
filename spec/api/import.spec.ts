import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const index = new URL("../../dist/index.js", import.meta.url).href;
const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a program of its own on the built package; resolves to what it printed. */
async function run(program: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { cwd: projectFolder });
  return stdout + stderr;
}

test("importing does nothing that can be seen: no output, no global, no handle that keeps the process", async () => {
  const program = `
    const before = new Set(Reflect.ownKeys(globalThis));
    const { DeltaTable, col, lit, sql, LakeError, readParquet } = await import(${JSON.stringify(index)});
    const added = Reflect.ownKeys(globalThis).filter((key) => !before.has(key)).map(String);
    // The files of the modules are still being closed.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const handles = process.getActiveResourcesInfo().filter((kind) => kind !== "TTYWrap" && kind !== "PipeWrap");
    console.log(JSON.stringify({ added, handles, kinds: [DeltaTable, col, lit, sql, LakeError, readParquet].map((item) => typeof item) }));
  `;
  expect(JSON.parse(await run(program))).toEqual({ added: [], handles: [], kinds: Array(6).fill("function") });
});

test("workers do not keep the process alive", async () => {
  const program = `
    import { DeltaTable } from ${JSON.stringify(index)};
    const table = await DeltaTable.create("memory://t", { schema: { id: "long" }, workers: 1 });
    await table.append([{ id: 1n }]);
    process.stdout.write(String(await table.count({ where: "id = 1" })));
  `;
  expect(await run(program)).toBe("1");
});
