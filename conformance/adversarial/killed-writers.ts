import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { DeltaTable } from "laketable";
import { applyMixed, readJournal, textOf, type JournalEntry, type Rows } from "./mixed-journal.js";

const library = new URL("../../dist/index.js", import.meta.url).href;
const script = fileURLToPath(new URL("mixed-process.mjs", import.meta.url));

export interface KilledWritersOptions {
  /** Of the table, which is there. */
  readonly url: string;
  /** For the journals. */
  readonly folder: string;
  readonly writers: number;
  /** Statements of each. */
  readonly statements: number;
  readonly kills: number;
  /** Between two kills, at most. */
  readonly killAfterMs: number;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export interface KilledWriters {
  readonly journals: readonly (readonly JournalEntry[])[];
  readonly kills: number;
}

/** Writers at once, each in a process; now and again one is killed and begins a new life. Ends when all have said everything. */
export async function runKilledWriters(options: KilledWritersOptions): Promise<KilledWriters> {
  const { url, folder, writers, statements, killAfterMs } = options;
  const alive = new Map<number, ChildProcess>();
  const problems: string[] = [];
  let kills = 0;
  const journalOf = (writer: number): string => join(folder, `writer-${writer}.journal`);
  const live = (writer: number): Promise<void> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [script, library, url, journalOf(writer), String(writer), String(statements)], {
        env: { ...process.env, NODE_NO_WARNINGS: "1", ...options.env },
        stdio: ["ignore", "ignore", "pipe"],
      });
      alive.set(writer, child);
      child.stderr.on("data", (chunk) => problems.push(String(chunk)));
      child.on("close", (code, signal) => {
        alive.delete(writer);
        if (signal === "SIGKILL") return resolve(live(writer));
        if (code !== 0) problems.push(`writer ${writer} ended with ${String(code)}`);
        resolve();
      });
    });
  const all = Promise.all(Array.from({ length: writers }, (_, writer) => live(writer)));
  let isOver = false;
  void all.then(() => (isOver = true));
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  while (!isOver && kills < options.kills) {
    await Promise.race([all, wait(Math.random() * killAfterMs)]);
    const children = [...alive.values()];
    const victim = children[Math.floor(Math.random() * children.length)];
    if (victim?.kill("SIGKILL") === true) kills += 1;
  }
  await all;
  expect(problems).toEqual([]);
  const journals = Array.from({ length: writers }, (_, writer) => journalOf(writer));
  return { journals: journals.map((name) => (existsSync(name) ? readJournal(readFileSync(name, "utf8")) : [])), kills };
}

/**
 * Holds the journals against the history: what was acknowledged is there once, what was cut off is there or not, what failed is
 * not there. `failures`: the codes a statement may fail with; none where nothing but kills goes wrong.
 */
export async function expectedRows(
  url: string,
  journals: readonly (readonly JournalEntry[])[],
  options: { readonly failures?: readonly string[] } = {},
): Promise<Rows> {
  const { failures = [] } = options;
  const history = await (await DeltaTable.open(url, { workers: 0 })).history();
  const made = new Map<string, number>();
  for (const { userMetadata, version } of history) {
    if (userMetadata === null) continue;
    expect(made.get(userMetadata), `${userMetadata} has two versions`).toBeUndefined();
    made.set(userMetadata, version);
  }
  const rows = new Map<number, number>();
  for (const [writer, journal] of journals.entries())
    for (const [k, v] of rowsOfWriter(writer, journal, { made, failures })) rows.set(k, v);
  return rows;
}

interface Evidence {
  /** The version of a statement. */
  readonly made: ReadonlyMap<string, number>;
  /** Codes that a statement may fail with. */
  readonly failures: readonly string[];
}

/** Writers touch no keys but their own, so each has a table to itself. */
function rowsOfWriter(writer: number, journal: readonly JournalEntry[], { made, failures }: Evidence): Rows {
  let rows: Rows = new Map();
  let before = 0;
  const begun = new Map(journal.flatMap((entry) => (entry.event === "begin" ? [[entry.number, entry.statement] as const] : [])));
  for (const [number, statement] of begun) {
    const told = `writer ${writer}, statement ${number} (${statement.kind})`;
    const version = made.get(`${writer}/${number}`);
    const end = journal.find((entry) => entry.number === number && (entry.event === "done" || entry.event === "failed"));
    if (end?.event === "failed") {
      expect(failures, `${told} failed: ${end.message}`).toContain(end.code);
      if (end.code !== "delta/commit-unknown") expect(version, `${told} failed for certain: ${end.message}`).toBeUndefined();
    }
    if (end?.event === "done" && version !== undefined && !end.skipped) expect(end.version, told).toBe(version);
    if (end?.event === "done" && end.skipped) expect(version, `${told} was skipped`).toBeDefined();
    const after = applyMixed(rows, statement);
    if (end?.event === "done" && version === undefined) expect(textOf(after), `${told} made no version`).toBe(textOf(rows));
    if (version === undefined) continue;
    expect(version, told).toBeGreaterThan(before);
    before = version;
    rows = after;
  }
  return rows;
}
