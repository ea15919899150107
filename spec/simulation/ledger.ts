import { unreachable } from "../../src/base/assert.js";
import type { IsolationLevel } from "../../src/table/table-format.js";
import type { ObjectStore } from "../../src/storage/object-store.js";
import { readCommitFile, readDataFile, type CommitFile } from "./commit-file.js";
import { applyTo, holds, sqlOf, type Predicate, type Row, type Said, type Statement } from "./operations.js";
import { createSerialOrders, type Committed } from "./serial-orders.js";
import { Violation } from "./violation.js";
import type { StoreEvent } from "./watched-store.js";

/** A version of the table, as the store has it. */
interface VersionRecord {
  readonly statement: Statement | undefined;
  readonly live: ReadonlyMap<string, readonly Row[]>;
  readonly rows: readonly Row[];
}

/** Knows every statement and every version, and holds the one against the other. */
export interface Ledger {
  /** The newest version in the store at this moment. */
  readonly newestVersion: number;
  rowsAt(version: number): readonly Row[];
  /** Statements that made versions after `version`, up to `last`. */
  statementsBetween(version: number, last: number): readonly Statement[];
  readonly counts: LedgerCounts;
  /** Tells what has happened; it is judged by `check`, in the order of telling. */
  note(event: LedgerEvent): void;
  /** @throws Violation */
  check(): Promise<void>;
}

/** How statements and reads ended. */
export interface LedgerCounts {
  readonly acknowledged: number;
  readonly skipped: number;
  readonly refused: number;
  readonly doubted: number;
  readonly reads: number;
}

export type LedgerEvent =
  | StoreEvent
  | { readonly kind: "begun"; readonly statement: Statement }
  | { readonly kind: "acknowledged"; readonly statement: Statement; readonly said: Said }
  /** The statement failed, and nothing was changed. */
  | { readonly kind: "refused"; readonly statement: Statement; readonly reason: string }
  /** Nobody knows what became of the statement. */
  | { readonly kind: "doubted"; readonly statement: Statement }
  /** Somebody read rows of a version. */
  | {
      readonly kind: "read";
      readonly who: string;
      readonly version: number;
      readonly rows: readonly Row[];
      readonly where?: Predicate | undefined;
    };

const versionFile = /^_delta_log\/(\d{20})\.json$/;

export function createLedger(store: ObjectStore, isolation: IsolationLevel): Ledger {
  const versions: VersionRecord[] = [];
  const orders = createSerialOrders(isolation, sameBag);
  const statements = new Map<string, Statement>();
  /** Statements of which it was said that they changed nothing, and why. */
  const refused = new Map<string, string>();
  const madeBy = new Map<string, number>();
  /** Files that any version has named. */
  const named = new Set<string>();
  const events: LedgerEvent[] = [];
  const counts = { acknowledged: 0, skipped: 0, refused: 0, doubted: 0, reads: 0 };
  let newestVersion = -1;

  const rowsAt = (version: number): readonly Row[] => {
    const record = versions[version];
    if (record === undefined) throw new Violation("version-gap", `there is no version ${version}`);
    return record.rows;
  };
  const judge = async (event: LedgerEvent): Promise<void> => {
    switch (event.kind) {
      case "written":
        return judgeWritten(event.key, event.isNew);
      case "deleted":
        if (named.has(event.key)) throw new Violation("live-file-deleted", `${event.key} was deleted, and a version names it`);
        if (versionOfKey(event.key) !== undefined) throw new Violation("version-rewritten", `${event.key} was deleted`);
        return;
      case "begun":
        statements.set(event.statement.id, event.statement);
        return;
      case "acknowledged":
        counts[event.said.kind === "skipped" ? "skipped" : "acknowledged"] += 1;
        return judgeAcknowledged(event.statement, event.said);
      case "refused": {
        counts.refused += 1;
        refused.set(event.statement.id, event.reason);
        const made = madeBy.get(event.statement.id);
        if (made !== undefined)
          throw new Violation("refused-but-committed", `${event.statement.id} failed (${event.reason}) and made version ${made}`);
        return;
      }
      case "doubted":
        counts.doubted += 1;
        return;
      case "read": {
        counts.reads += 1;
        const expected = rowsAt(event.version).filter((row) => holds(event.where, row));
        if (sameBag(event.rows, expected)) return;
        const where = event.where === undefined ? "" : ` (${sqlOf(event.where)})`;
        const found = `${bagText(event.rows)}, expected ${bagText(expected)}`;
        throw new Violation("version-changed", `${event.who} read of version ${event.version}${where}: ${found}`);
      }
      default:
        return unreachable(event);
    }
  };
  const judgeWritten = async (key: string, isNew: boolean): Promise<void> => {
    const version = versionOfKey(key);
    if (version === undefined) {
      if (!isNew && !key.startsWith("_delta_log/")) throw new Violation("data-file-rewritten", `${key} was replaced`);
      return;
    }
    if (!isNew) throw new Violation("version-rewritten", `version ${version} was replaced`);
    if (version !== versions.length) throw new Violation("version-gap", `version ${version} follows version ${versions.length - 1}`);
    await take(version, readCommitFile(await store.get(key)));
  };
  const take = async (version: number, commit: CommitFile): Promise<void> => {
    const statement = statements.get(commit.statement ?? "");
    if (statement === undefined && version > 0) throw new Violation("unknown-commit", `nobody meant to commit version ${version}`);
    const live = new Map(versions.at(-1)?.live);
    for (const path of commit.removes)
      if (!live.delete(path)) throw new Violation("file-not-live", `version ${version} removes ${path}, which is not there`);
    for (const added of commit.adds) {
      if (named.has(added.path)) throw new Violation("file-twice", `version ${version} adds ${added.path}, as an earlier one did`);
      live.set(added.path, await readDataFile(store, added));
      named.add(added.path);
    }
    const record: VersionRecord = { statement, live, rows: [...live.values()].flat() };
    if (statement !== undefined) {
      const known = madeBy.get(statement.id);
      if (known !== undefined) throw new Violation("committed-twice", `${statement.id} made version ${known} and version ${version}`);
      const reason = refused.get(statement.id);
      if (reason !== undefined)
        throw new Violation("refused-but-committed", `${statement.id} failed (${reason}) and made version ${version}`);
      madeBy.set(statement.id, version);
      assertSerial(statement, { version, readVersion: commit.readVersion, rows: record.rows });
    }
    versions.push(record);
  };

  const assertSerial = (statement: Statement, commit: Committed): void => {
    const expected = orders.take(statement, commit);
    if (expected === undefined) return;
    const { version, readVersion, rows } = commit;
    const was = `${bagText(rowsAt(version - 1))} became ${bagText(rows)}, and ${bagText(expected)} if done one by one`;
    throw new Violation("not-serial", `version ${version}, ${JSON.stringify(statement)} made on version ${String(readVersion)}: ${was}`);
  };

  const judgeAcknowledged = (statement: Statement, said: Said): void => {
    if (said.kind === "nothing") return;
    const made = madeBy.get(statement.id);
    const told = said.kind === "skipped" ? "skipped" : `acknowledged at version ${said.version}`;
    if (said.kind === "skipped" ? made !== undefined : made === said.version) return;
    const isIdle = said.kind === "at-version" && made === undefined && !applyTo(rowsAt(said.version), statement).changes;
    if (!isIdle)
      throw new Violation(
        "acknowledged-but-missing",
        `${statement.id} was ${told}, and made ${made === undefined ? "none" : `version ${made}`}`,
      );
  };

  return {
    counts,
    get newestVersion() {
      return newestVersion;
    },
    rowsAt,
    statementsBetween: (version, last) => versions.slice(version + 1, last + 1).flatMap(({ statement }) => statement ?? []),
    note(event) {
      events.push(event);
      if (event.kind === "written") newestVersion = Math.max(newestVersion, versionOfKey(event.key) ?? -1);
    },
    async check() {
      for (let event = events.shift(); event !== undefined; event = events.shift()) await judge(event);
    },
  };
}

function versionOfKey(key: string): number | undefined {
  const digits = versionFile.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function sameBag(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && bagText(a) === bagText(b);
}

export function bagText(rows: readonly Row[]): string {
  return rows
    .map(({ k, v, p, x }) => `${k}:${v}${p === k % 2 ? "" : ` in ${p}`}${x === null ? "" : ` with ${x}`}`)
    .sort()
    .join(" ");
}
