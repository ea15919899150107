import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { lake, lakeProcess, lakeScript, newFolder, startLake } from "./run-lake.js";

await newFolder();

beforeAll(async () => {
  // More than a pipe holds.
  const rows = Array.from({ length: 20_000 }, (_, id) => `${id},name ${(id * 2_654_435_761) % 4_294_967_296}\n`).join("");
  await lake(["create", "many", "--schema", "id long, name string", "--quiet"]);
  await lake(["append", "many", "-", "--format", "csv", "--quiet"], { stdin: `id,name\n${rows}` });
});

test("the process ends with the code of the command, and --version is that of the package", async () => {
  const manifest: unknown = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  const version = await lakeProcess(["--version"]);
  expect(version).toMatchObject({ code: 0, stderr: "" });
  expect(manifest).toHaveProperty("version", version.stdout.trimEnd());
  expect(await lakeProcess(["optimize", "many"])).toMatchObject({ code: 4, stdout: "" });
});

test("a process that has failed does not wait for the end of its input", async () => {
  const child = startLake(["append", "many", "-", "--format", "ndjson"]);
  child.stdin.on("error", () => {});
  child.stdin.write("no JSON\n");
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(1);
});

test.each(["ndjson", "parquet"])("a reader that closes the pipe early is no failure: %s", async (format) => {
  const child = startLake(["show", "many", "--limit", "all", "--format", format]);
  let stderr = "";
  child.stderr.on("data", (piece: Buffer) => (stderr += piece.toString()));
  const first = new Promise<number>((resolve) => child.stdout.once("data", (piece: Buffer) => resolve(piece.length)));
  expect(await first).toBeGreaterThan(0);
  child.stdout.destroy();
  const end = await new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal })));
  expect({ end, stderr }).toEqual({ end: { code: 0, signal: null }, stderr: "" });
});

const hasScript = spawnSync("script", ["--version"]).status === 0;

describe.skipIf(!hasScript)("on a real terminal (needs script of util-linux)", () => {
  /** What a terminal of 60 columns is sent when `input` is typed. */
  function onTerminal(args: readonly string[], input: string): { readonly code: number | null; readonly output: string } {
    const command = `stty cols 60; ${[process.execPath, lakeScript, ...args].map((word) => `'${word}'`).join(" ")}`;
    const { COLUMNS: _columns, NO_COLOR: _noColor, ...inherited } = process.env;
    const run = spawnSync("script", ["-qec", command, "/dev/null"], { input, env: { ...inherited, TERM: "xterm" } });
    return { code: run.status, output: run.stdout.toString() };
  }

  test("a table fits", async () => {
    await lake(["create", "wide", "--schema", "id long, note string", "--quiet"]);
    await lake(["append", "wide", "-", "--format", "csv", "--quiet"], { stdin: `id,note\n1,${"long ".repeat(40)}\n` });
    const lines = onTerminal(["show", "wide"], "").output.split("\r\n");
    expect(lines.filter((line) => /^[┌├└]─+/.test(line)).map((line) => line.length)).toEqual([60, 60, 60]);
  });

  test("a question is answered by what is typed", () => {
    const refused = onTerminal(["overwrite", "many", "nothing.csv"], "n\n");
    expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(/Go on\? \[y\/N\][^]*Nothing was changed/) });
  });
});
