import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DeltaTable } from "laketable";

const kills = Number(process.env["LAKETABLE_KILLS"] ?? 6);
const options = { workers: 0 };
const schema = { k: "int", part: "int", text: "string" } as const;
const library = new URL("../../dist/index.js", import.meta.url).href;
const script = fileURLToPath(new URL("writer-process.mjs", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "laketable-processes-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a writer that is killed leaves each of its commits whole or not at all, and the table in order", { timeout: 600_000 }, async () => {
  const url = join(folder, "killed");
  await DeltaTable.create(url, { schema, partitionBy: ["part"], ...options });
  const expected = new Set<number>();
  for (let kill = 0; kill < kills; kill++) {
    const first = kill * 100_000;
    const said = await write(url, first, { killAfterCommits: 1 + (kill % 4), killAfterMs: (kill * 37) % 60 });
    const table = await DeltaTable.open(url, options);
    const found = (await table.toArray()).map(({ k }) => Number(k)).sort((a, b) => a - b);
    for (const base of said.done) for (let at = 0; at < 10; at++) expected.add(base + at);
    const doubtful = said.begun.filter((base) => !said.done.includes(base));
    expect(doubtful.length).toBeLessThanOrEqual(1);
    for (const base of doubtful) if (found.includes(base)) for (let at = 0; at < 10; at++) expected.add(base + at);
    expect(found, `after kill ${kill}`).toEqual([...expected].sort((a, b) => a - b));
    expect(await table.count()).toBe(expected.size);
    await table.append([{ k: first + 99_999, part: null, text: "after the kill" }]);
    expected.add(first + 99_999);
  }
  await expectGapless(url);
});

test("several processes write to one table: every commit is there once, in a version of its own", { timeout: 120_000 }, async () => {
  const url = join(folder, "shared");
  await DeltaTable.create(url, { schema, ...options });
  const [processes, rounds] = [4, 9];
  const outcomes = await Promise.all(Array.from({ length: processes }, (_, at) => write(url, at * 1000, { rounds, appendOnly: true })));
  expect(outcomes.map(({ exit, problem }) => [exit, problem])).toEqual(outcomes.map(() => [0, ""]));
  const table = await DeltaTable.open(url, options);
  expect(outcomes.flatMap(({ versions }) => versions).sort((a, b) => a - b)).toEqual(
    Array.from({ length: processes * rounds }, (_, at) => at + 1),
  );
  const keys = (await table.toArray()).map(({ k }) => Number(k)).sort((a, b) => a - b);
  const told = Array.from({ length: processes }, (_, at) => Array.from({ length: rounds * 10 }, (_, key) => at * 1000 + key));
  expect(keys).toEqual(told.flat());
  await expectGapless(url);
});

test("two handles and many writes at once in one process: every write is there once", async () => {
  const url = join(folder, "handles");
  await DeltaTable.create(url, { schema, ...options });
  const handles = [await DeltaTable.open(url, options), await DeltaTable.open(url, options)];
  const keys = Array.from({ length: 30 }, (_, k) => k);
  const results = await Promise.all(keys.map((k) => handles[k % 2]?.append([{ k, part: 0, text: "" }])));
  expect(new Set(results.map((result) => result?.version)).size).toBe(keys.length);
  const found = (await (await DeltaTable.open(url, options)).toArray()).map(({ k }) => Number(k));
  expect(found.sort((a, b) => a - b)).toEqual(keys);
});

interface WriteOptions {
  readonly rounds?: number;
  readonly appendOnly?: boolean;
  readonly killAfterCommits?: number;
  readonly killAfterMs?: number;
}

interface Said {
  readonly begun: readonly number[];
  readonly done: readonly number[];
  readonly versions: readonly number[];
  readonly exit: number | null;
  readonly problem: string;
}

/** What a writing process said until it ended or was killed: some ms after so many of its commits. */
function write(url: string, first: number, { rounds, appendOnly, killAfterCommits, killAfterMs }: WriteOptions): Promise<Said> {
  const kinds = appendOnly === true ? "append" : "all";
  const child = spawn(process.execPath, [script, library, url, String(first), String(rounds ?? 1e6), kinds]);
  let out = "";
  let problem = "";
  let isDoomed = false;
  child.stderr.on("data", (chunk) => (problem += String(chunk)));
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
    if (killAfterCommits === undefined || isDoomed || out.split("done").length <= killAfterCommits) return;
    isDoomed = true;
    setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  });
  return new Promise((resolve) => {
    child.on("close", (exit) => {
      const lines = out.split("\n").map((line) => line.split(" "));
      const numbers = (word: string, at: number): number[] => lines.filter(([said]) => said === word).map((line) => Number(line[at]));
      resolve({ begun: numbers("begin", 1), done: numbers("done", 1), versions: numbers("done", 2), exit, problem });
    });
  });
}

async function expectGapless(url: string): Promise<void> {
  const table = await DeltaTable.open(url, options);
  const commits = (await readdir(join(url, "_delta_log"))).filter((name) => /^\d{20}\.json$/.test(name)).sort();
  expect(commits.map((name) => Number(name.slice(0, 20)))).toEqual(Array.from({ length: table.version + 1 }, (_, version) => version));
  expect((await table.history()).length).toBe(table.version + 1);
}
