import type { ByteRange } from "../../storage/object-store.js";
import type { ColumnMetadata } from "../metadata/file-metadata.js";
import type { MiniLeaf, MiniSchema } from "./mini-schema.js";
import type { KeptRows, RowRange } from "./row-ranges.js";

/**
 * What a read of a file will fetch and decode: plain data, decided before the first data byte is fetched.
 * Row groups and rows that cannot match are not in it.
 */
export interface ReadPlan {
  readonly path: string;
  /** Those that are read, in the file's order; one that is too big for memory comes in several plans, each for some of its rows. */
  readonly rowGroups: readonly RowGroupPlan[];
  readonly rowGroupsTotal: number;
  /** Column chunks' bytes that will be asked for. Stores may add the small gaps between near ranges. */
  readonly bytes: number;
}

export interface RowGroupPlan {
  readonly index: number;
  /** Physical number of its first row in the file. */
  readonly firstRow: number;
  readonly rowCount: number;
  /** The rows that are given. */
  readonly keep: KeptRows;
  readonly keptCount: number;
  /** The mini-files its columns are decoded from. None: every wanted column is absent from the file. */
  readonly parts: readonly PartPlan[];
  readonly bytes: number;
  /** An estimate, in bytes: the fetched bytes and the decoded columns. */
  readonly memoryBytes: number;
}

/** Columns that are decoded together, since they cover the same rows. */
export interface PartPlan {
  /** Positions among the wanted columns, in the order of `schema`. */
  readonly columns: readonly number[];
  /** Rows of the row group that are decoded: whole pages, so possibly more than those that are given. */
  readonly rows: readonly RowRange[];
  readonly rowCount: number;
  readonly schema: MiniSchema;
  /** One for each leaf of `schema`. */
  readonly chunks: readonly ChunkRead[];
  readonly bytes: number;
}

/** The bytes of one column chunk that go into a mini-file. */
export interface ChunkRead {
  readonly leaf: MiniLeaf;
  readonly metadata: ColumnMetadata;
  /** Ascending: the dictionary page, if there is one, then data pages. */
  readonly ranges: readonly ByteRange[];
  /** How many of the bytes are the dictionary page. */
  readonly dictionaryBytes: number;
  readonly bytes: number;
}
