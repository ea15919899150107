import type { DeltaTable } from "../../src/api/delta-table.js";

export interface Row {
  readonly k: number;
  readonly v: number;
  readonly p: number;
  /** A column that comes later: the table may not have it. */
  readonly x: number | null;
}

export interface Predicate {
  readonly column: "k" | "p";
  readonly compare: "<" | ">=" | "=";
  readonly value: number;
}

/** A statement as data. Rows are made from their keys: every row that is ever written has a value of its own. */
export type Operation =
  | { readonly kind: "append"; readonly keys: readonly number[] }
  /** One of some batches that every writer may be told to add, again and again, and that are there once. */
  | { readonly kind: "ingest"; readonly batch: number }
  | { readonly kind: "overwrite"; readonly keys: readonly number[]; readonly where?: Predicate | undefined }
  | { readonly kind: "delete"; readonly where?: Predicate | undefined }
  | { readonly kind: "update"; readonly where?: Predicate | undefined; readonly plus: number }
  | {
      readonly kind: "merge";
      /** Distinct. */
      readonly keys: readonly number[];
      readonly matched: "update-all" | "delete" | "update" | "none";
      readonly inserts: boolean;
      readonly bySource?: Predicate | undefined;
    }
  /** Adds rows that have a column which the table may lack. */
  | { readonly kind: "widen"; readonly keys: readonly number[] }
  | { readonly kind: "set-property"; readonly key: string; readonly value: string }
  | { readonly kind: "checkpoint" };

/** An operation with the number that makes it, and its rows, unlike any other. */
export interface Statement {
  readonly number: number;
  readonly id: string;
  readonly operation: Operation;
}

const modulus = 1_000_003;

export function rowsOf({ number, operation }: Statement): readonly Row[] {
  if (operation.kind === "ingest") return [0, 1].map((at) => rowOf(operation.batch + at, 90_000 + operation.batch * 10 + at));
  if (!("keys" in operation)) return [];
  const rows = operation.keys.map((k, at) => rowOf(k, number * 100 + at));
  return operation.kind === "widen" ? rows.map((row) => ({ ...row, x: row.v + 50 })) : rows;
}

function dataOf(statement: Statement): Record<string, unknown>[] {
  return rowsOf(statement).map(({ x, ...row }) => (x === null ? row : { ...row, x }));
}

export function rowOf(k: number, v: number): Row {
  return { k, v, p: k % 2, x: null };
}

export function sqlOf({ column, compare, value }: Predicate, side = ""): string {
  return `${side}${column} ${compare} ${value}`;
}

export function holds(where: Predicate | undefined, row: Row): boolean {
  if (where === undefined) return true;
  const found = row[where.column];
  return where.compare === "<" ? found < where.value : where.compare === ">=" ? found >= where.value : found === where.value;
}

/** What a statement makes of a bag of rows; `changes` says whether it has to commit. */
export interface Effect {
  readonly rows: readonly Row[];
  readonly changes: boolean;
}

/** The simplest definition of every verb. */
export function applyTo(rows: readonly Row[], statement: Statement): Effect {
  const { operation } = statement;
  switch (operation.kind) {
    case "append":
    case "ingest":
    case "widen":
      return { rows: [...rows, ...rowsOf(statement)], changes: true };
    case "overwrite":
      return {
        rows: [...(operation.where === undefined ? [] : rows.filter((row) => !holds(operation.where, row))), ...rowsOf(statement)],
        changes: true,
      };
    case "delete": {
      const left = rows.filter((row) => !holds(operation.where, row));
      return { rows: left, changes: left.length < rows.length };
    }
    case "update":
      return {
        rows: rows.map((row) => (holds(operation.where, row) ? updated(row, operation.plus) : row)),
        changes: rows.some((row) => holds(operation.where, row)),
      };
    case "merge":
      return merged(rows, statement, operation);
    case "set-property":
      return { rows, changes: true };
    case "checkpoint":
      return { rows, changes: false };
  }
}

/** Does not commute with another of its kind, so that the order shows. */
function updated(row: Row, plus: number): Row {
  return { ...row, v: (row.v * 31 + plus) % modulus };
}

function merged(rows: readonly Row[], statement: Statement, merge: Operation & { readonly kind: "merge" }): Effect {
  const source = new Map(rowsOf(statement).map((row) => [row.k, row]));
  let changes = false;
  const result: Row[] = [];
  for (const row of rows) {
    const match = source.get(row.k);
    const goes = match === undefined ? merge.bySource !== undefined && holds(merge.bySource, row) : merge.matched === "delete";
    const stays =
      match === undefined || merge.matched === "none"
        ? row
        : merge.matched === "update-all"
          ? { ...match, x: row.x }
          : updated(row, match.v);
    if (!goes) result.push(stays);
    changes ||= goes || stays !== row;
  }
  const present = new Set(rows.map(({ k }) => k));
  const inserted = merge.inserts ? [...source.values()].filter(({ k }) => !present.has(k)) : [];
  return { rows: [...result, ...inserted], changes: changes || inserted.length > 0 };
}

/** What a statement said of itself. */
export type Said =
  | { readonly kind: "at-version"; readonly version: number }
  /** The table had it already. */
  | { readonly kind: "skipped" }
  | { readonly kind: "nothing" };

export async function perform(table: DeltaTable, statement: Statement): Promise<Said> {
  if (statement.operation.kind === "ingest") {
    const txn = { appId: statement.id, version: 1 };
    const { version, skipped } = await table.append(dataOf(statement), { userMetadata: statement.id, txn });
    return skipped === true ? { kind: "skipped" } : { kind: "at-version", version };
  }
  const version = await performOnce(table, statement);
  return version === undefined ? { kind: "nothing" } : { kind: "at-version", version };
}

async function performOnce(table: DeltaTable, statement: Statement): Promise<number | undefined> {
  const { operation, id } = statement;
  const userMetadata = id;
  switch (operation.kind) {
    case "append":
    case "ingest":
      return (await table.append(dataOf(statement), { userMetadata })).version;
    case "widen":
      return (await table.append(dataOf(statement), { userMetadata, mergeSchema: true })).version;
    case "overwrite":
      return (await table.overwrite(dataOf(statement), { userMetadata, ...whereOf(operation) })).version;
    case "delete":
      return (await table.delete({ userMetadata, ...whereOf(operation) })).version;
    case "update":
      return (await table.update({ set: { v: `(v * 31 + ${operation.plus}) % ${modulus}` }, userMetadata, ...whereOf(operation) }))
        .version;
    case "merge":
      return performMerge(table, statement, operation);
    case "set-property":
      return (await table.alter.setProperties({ [operation.key]: operation.value }, { userMetadata })).version;
    case "checkpoint":
      await table.checkpoint();
      return undefined;
  }
}

async function performMerge(table: DeltaTable, statement: Statement, merge: Operation & { readonly kind: "merge" }): Promise<number> {
  let builder = table.merge({ source: dataOf(statement), on: ["k"], userMetadata: statement.id });
  if (merge.matched === "update-all") builder = builder.whenMatchedUpdateAll();
  if (merge.matched === "delete") builder = builder.whenMatchedDelete();
  if (merge.matched === "update") builder = builder.whenMatchedUpdate({ set: { v: `(target.v * 31 + source.v) % ${modulus}` } });
  if (merge.inserts) builder = builder.whenNotMatchedInsertAll();
  if (merge.bySource !== undefined) builder = builder.whenNotMatchedBySourceDelete({ where: sqlOf(merge.bySource, "target.") });
  return (await builder.execute()).version;
}

function whereOf({ where }: { readonly where?: Predicate | undefined }): { readonly where?: string } {
  return where === undefined ? {} : { where: sqlOf(where) };
}

/** The rows as the engine reads them, of a version that may be from before the last column. */
export async function rowsIn(table: DeltaTable, where?: Predicate): Promise<readonly Row[]> {
  return (await table.toArray(whereOf({ where }))).map((row) => ({ x: null, ...row }) as unknown as Row);
}
