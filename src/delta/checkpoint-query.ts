import type { Column } from "../columnar/column.js";
import type { StructType } from "../schema/types.js";

/** File actions as columns: row i of `add` or of `remove` has a value when action i is of that kind. */
export interface FileActionRows {
  /** The file they are from. */
  readonly file: string;
  readonly length: number;
  readonly addType: StructType;
  readonly add: Column;
  readonly removeType: StructType | undefined;
  readonly remove: Column | undefined;
}

/** Where a checkpoint's rows are: one of its files or of its sidecars. */
export interface CheckpointFile {
  readonly key: string;
  readonly size: number;
}

export interface ReadFileActionsOptions {
  /** Fields of `add` and `remove` that are wanted, with their types; a kind that is absent is not read. */
  readonly add: StructType;
  readonly remove?: StructType | undefined;
  /** Chooses adds by a few columns; of the others nothing is read but the chosen rows. */
  readonly select?: AddSelector | undefined;
  /** Whether the protocol allows sidecars, so that they have to be looked for. */
  readonly sidecars: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Which adds of a checkpoint are worth reading. */
export interface AddSelector {
  /** The fields of `add` that it looks at. */
  readonly columns: StructType;
  /** The rows of `add` that are wanted, ascending. */
  select(rows: FileActionRows): Int32Array;
}
