import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DeltaTable } from "laketable";
import { expectedRows, runKilledWriters } from "./killed-writers.js";
import { textOf } from "./mixed-journal.js";

/** Few when they run among all other tests; `.ci/run` asks for 8 × 25. */
const [writers = 3, statements = 10] = (process.env["LAKETABLE_KILLED_WRITERS"] ?? "3x10").split("x").map(Number);
const kills = Number(process.env["LAKETABLE_KILLS"] ?? writers * 3);
/** A Python that has deltalake reads the table as well. */
const python = process.env["LAKETABLE_DELTALAKE_PYTHON"];
const options = { workers: 0 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "laketable-killed-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test(
  `${writers} processes with ${statements} mixed statements each, ${kills} times one is killed: all is there once`,
  { timeout: 900_000 },
  async () => {
    const url = join(folder, "table");
    const properties = { "delta.checkpointInterval": "7" };
    await DeltaTable.create(url, { schema: { k: "int", v: "int", part: "int" }, partitionBy: ["part"], properties, ...options });
    const run = await runKilledWriters({ url, folder, writers, statements, kills, killAfterMs: 600 });
    const expected = textOf(await expectedRows(url, run.journals));
    const table = await DeltaTable.open(url, options);
    const found = (await table.toArray()).map(({ k, v }) => `${String(k)}:${String(v)}`);
    expect(found.sort().join(" ")).toBe(expected);
    expect(await table.count()).toBe(found.length);
    expect((await table.history()).map(({ version }) => version)).toEqual(
      Array.from({ length: table.version + 1 }, (_, at) => table.version - at),
    );
    console.log(`${run.kills} kills, ${table.version} versions, ${found.length} rows`);
    const [first = []] = run.journals;
    const lie = { event: "begin", number: 9999, statement: { kind: "append", from: 0, to: 0, keys: [1], value: 1 } } as const;
    const lies = [...first, lie, { event: "done", number: 9999, version: 3, skipped: false } as const];
    await expect(expectedRows(url, [lies, ...run.journals.slice(1)]), "a lost statement is noticed").rejects.toThrow();
    if (python !== undefined) expect(rowsByDeltaRs(python, url)).toBe(expected);
  },
);

function rowsByDeltaRs(interpreter: string, url: string): string {
  const program = [
    "import sys",
    "from deltalake import DeltaTable",
    "rows = DeltaTable(sys.argv[1]).to_pyarrow_table(columns=['k', 'v']).to_pylist()",
    "print(' '.join(sorted(f\"{row['k']}:{row['v']}\" for row in rows)))",
  ].join("\n");
  return execFileSync(interpreter, ["-c", program, url], { encoding: "utf8", maxBuffer: 1 << 28 }).trim();
}
