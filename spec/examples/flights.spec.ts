import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DeltaTable } from "../../src/index.js";

const script = fileURLToPath(new URL("../../examples/flights.mjs", import.meta.url));
let folder: string;
let output: string;
let seconds: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lake-spec-"));
  // What an earlier run has left.
  await mkdir(join(folder, "demo-data/flights/_delta_log"), { recursive: true });
  await writeFile(join(folder, "demo-data/flights/_delta_log/00000000000000000000.json"), "half a comm");
  const started = performance.now();
  output = (await promisify(execFile)(process.execPath, [script], { cwd: folder })).stdout;
  seconds = (performance.now() - started) / 1000;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("examples/flights.mjs", () => {
  test("loads three million flights month by month, corrects some, and looks back, in less than a minute", () => {
    expect(output).toContain(`The table goes to ${join(folder, "demo-data/flights")}`);
    const loaded = [...output.matchAll(/version \d+: ([\d,]+) flights of month \d/g)].map(([, count = ""]) =>
      Number(count.replaceAll(",", "")),
    );
    expect(loaded).toHaveLength(6);
    expect(loaded.reduce((sum, count) => sum + count, 0)).toBe(3_000_000);
    expect(output).toMatch(/version 7: 8,267 corrected, 500 added/);
    expect(output).toMatch(/version 6: 13\.28 minutes over 8,267 flights\n {2}version 7: 5\.15 minutes over 8,767 flights/);
    expect(output).toMatch(/History:\n {2}7 .*MERGE\n {2}6 .*WRITE {2}\(month 6\)/);
    expect(output).toMatch(/Seattle in March reads 1 of 6 files/);
    expect(seconds).toBeLessThan(60);
  });

  test("leaves a table that has what it says", async () => {
    const flights = await DeltaTable.open(join(folder, "demo-data/flights"));
    expect([flights.version, await flights.count()]).toEqual([7, 3_000_500]);
    expect(await (await flights.at({ version: 6 })).count()).toBe(3_000_000);
  });
});
