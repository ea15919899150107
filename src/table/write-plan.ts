import type { ExpressionNode } from "../expression/expression.js";
import type { Compression } from "../parquet/codec/codec.js";
import type { StructType } from "../schema/types.js";
import type { Value } from "../schema/value.js";
import type { MetadataChange } from "./pending-commit.js";

export interface WritePlanOptions {
  /** The table as this commit will leave it (evolved schema, changed partitioning). */
  readonly metadata?: MetadataChange | undefined;
  readonly targetFileBytes?: number | undefined;
}

/** How data files of a table are written. The engine makes no path and no physical name itself. */
export interface WritePlan {
  /** Logical schema of the rows, partition columns included, in table order. */
  readonly schema: StructType;
  readonly partitionBy: readonly string[];
  /**
   * Schema of the file: physical names and field ids, without the partition columns unless the format wants them in.
   * Column i of the file is `fileColumns[i]` of `schema`.
   */
  readonly fileSchema: StructType;
  readonly fileColumns: readonly number[];
  readonly compression: Compression;
  readonly formatVersion: "1.0" | "2.0";
  readonly targetFileBytes: number;
  readonly targetRowGroupBytes: number;
  readonly rules: WriteRules;
  /** A fresh path for a data file of this partition (values by position of `partitionBy`). */
  newPath(partition: readonly Value[]): string;
}

/**
 * What every written row has to satisfy. Checks are not yet bound: a plan is made wherever a snapshot is, and binding brings the
 * whole of the expressions with it.
 */
export interface WriteRules {
  /** Paths that must not be null (nested ones too), as names from the top down. */
  readonly notNull: readonly (readonly string[])[];
  readonly checks: readonly { readonly name: string; readonly sql: string; readonly predicate: ExpressionNode }[];
}
