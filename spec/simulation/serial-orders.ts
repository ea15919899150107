import type { IsolationLevel } from "../../src/table/table-format.js";
import { applyTo, type Operation, type Row, type Statement } from "./operations.js";

/** Statements in an order in which they give, one after the other, the rows of the newest version. */
export interface SerialOrders {
  /**
   * Takes the statement that made `version`, with the rows that were there then. `undefined`: there is no such order any more; told are
   * then the rows that the log's own order would give.
   */
  take(statement: Statement, commit: Committed): readonly Row[] | undefined;
}

export interface Committed {
  readonly version: number;
  readonly readVersion: number | undefined;
  readonly rows: readonly Row[];
}

interface Placed {
  readonly statement: Statement;
  readonly version: number;
}

/** What adds rows and reads none. */
const blind: ReadonlySet<Operation["kind"]> = new Set(["append", "ingest", "widen"]);
/** Orders that give the same rows today may differ tomorrow; this many are followed. */
const ordersMax = 32;

/**
 * Serializable: the one order is the log's. WriteSerializable: a statement may also stand before others that it had not seen, though they
 * were committed before it: before a blind append, and so before whoever did see that.
 */
export function createSerialOrders(isolation: IsolationLevel, isSame: (a: readonly Row[], b: readonly Row[]) => boolean): SerialOrders {
  let orders: readonly (readonly Placed[])[] = [[]];
  return {
    take(statement, { version, readVersion, rows }) {
      const placed: Placed = { statement, version };
      const inLogOrder = (orders[0] ?? []).toSorted((a, b) => a.version - b.version);
      const next: (readonly Placed[])[] = [];
      for (const order of orders) {
        for (const place of placesIn(order, statement, isolation === "WriteSerializable" ? (readVersion ?? version) : version)) {
          const candidate = order.toSpliced(place, 0, placed);
          if (next.length < ordersMax && isSame(rowsOf(candidate), rows)) next.push(candidate);
        }
      }
      orders = next;
      return next.length > 0 ? undefined : rowsOf([...inLogOrder, placed]);
    },
  };
}

/** The end, and before that every place that only statements later than `readVersion` stand behind. */
function* placesIn(order: readonly Placed[], statement: Statement, readVersion: number): Generator<number> {
  yield order.length;
  // Wherever it stands it adds the same rows.
  if (blind.has(statement.operation.kind)) return;
  for (let place = order.length - 1; place >= 0; place--) {
    if ((order[place]?.version ?? 0) <= readVersion) return;
    yield place;
  }
}

function rowsOf(order: readonly Placed[]): readonly Row[] {
  return order.reduce<readonly Row[]>((rows, { statement }) => applyTo(rows, statement).rows, []);
}
