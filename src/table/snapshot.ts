import type { RowSet } from "../columnar/row-set.js";
import type { BoundExpression } from "../expression/expression.js";
import type { Field, StructType } from "../schema/types.js";
import type { Value } from "../schema/value.js";
import type { DataFile, Version } from "./data-file.js";
import type { WritePlan, WritePlanOptions } from "./write-plan.js";

/** One version of a table: immutable, and lazy: opening it reads no file list. */
export interface Snapshot {
  readonly version: Version;
  /** When the version was committed: milliseconds since the epoch. */
  readonly timestampMs: number;
  /** Table id: differs when a table was dropped and made anew at the same place. */
  readonly tableId: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly createdMs: number | undefined;
  readonly schema: StructType;
  readonly partitionBy: readonly string[];
  readonly properties: ReadonlyMap<string, string>;
  readonly capabilities: Capabilities;

  /**
   * The files that may hold rows matching `where`, streamed in groups. `where` is bound to `tableScope(schema)`.
   * Pruning uses partition values and statistics; it never drops a file that holds a matching row.
   */
  plan(query?: PlanQuery): AsyncIterable<readonly DataFile[]>;

  /** How the given logical columns are found in `file`. */
  bind(file: DataFile, columns: readonly Field[]): readonly ColumnBinding[];

  /** The rows of `file` that are no longer in the table; `undefined` when all of them are. */
  deletedRows(file: Pick<DataFile, "path" | "rowDeletes">, signal?: AbortSignal): Promise<RowSet | undefined>;

  /** Rows of the whole snapshot when the log alone can tell, else `undefined`. */
  rowCount(signal?: AbortSignal): Promise<number | undefined>;

  /** The newest version that the application `appId` has written; `undefined`: none, or so long ago that it is forgotten. */
  transactionVersion(appId: string, signal?: AbortSignal): Promise<bigint | undefined>;

  /** What a write into this snapshot has to obey. Throws `delta/unsupported-feature` for a table that cannot be written. */
  writePlan(options?: WritePlanOptions): WritePlan;
}

export interface PlanQuery {
  readonly where?: BoundExpression | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of every group: files and bytes seen, files kept. For `explain`. */
  readonly onPruned?: ((count: PruneCount) => void) | undefined;
}

export interface PruneCount {
  readonly filesTotal: number;
  readonly bytesTotal: number;
  readonly filesKept: number;
  readonly bytesKept: number;
  /** Files dropped by partition values alone. */
  readonly filesPrunedByPartition: number;
}

/** Where one logical column of one file comes from: resolved by the format, executed by the engine. */
export interface ColumnBinding {
  /** The logical column as the reader wants it. */
  readonly field: Field;
  readonly from:
    /** A column of the file: matched by the id in the metadata, or by the name that files have for it. Absent: null. */
    | { readonly kind: "file"; readonly matchBy: "name" | "id"; readonly nameInFile: (field: Field) => string }
    | { readonly kind: "constant"; readonly value: Value };
}

/** What the engine may do with a table; it branches on these, never on a format's name. */
export interface Capabilities {
  /** Deleted rows can be recorded beside a file instead of rewriting it. */
  readonly rowDeletes: "none" | "vector";
  /** Rows can be deleted and files removed (an append-only table forbids it; compaction is allowed). */
  readonly removesData: boolean;
  readonly changeFeed: boolean;
}
