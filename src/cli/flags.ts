/** What the commands are told: their options as commander names them. */
export interface CommonFlags {
  readonly json?: true;
  readonly quiet?: true;
}

/** How a table is worked on. */
export interface ConnectFlags {
  /** Bytes. */
  readonly memoryLimit?: number;
  readonly maxAttempts?: number;
}

export interface VersionFlags extends CommonFlags {
  readonly version?: number;
  readonly timestamp?: string;
}

export interface CreateFlags extends CommonFlags {
  readonly schema: string;
  readonly partitionBy?: readonly string[];
  readonly clusterBy?: readonly string[];
  readonly property?: Readonly<Record<string, string>>;
  readonly comment?: string;
  readonly ifExists?: "error" | "open";
}

export interface LoadFlags extends CommonFlags, ConnectFlags {
  readonly format?: InputFormat;
  readonly delimiter?: string;
  readonly mergeSchema?: true;
  readonly overwriteSchema?: true;
  readonly where?: string;
  readonly yes?: true;
}

export interface MergeFlags extends CommonFlags, ConnectFlags {
  readonly on: string | readonly string[];
  readonly updateAll?: true;
  readonly insertAll?: true;
  readonly deleteWhen?: string;
  readonly deleteNotInSource?: true;
  readonly mergeSchema?: true;
  readonly format?: InputFormat;
  readonly delimiter?: string;
}

export interface UpdateFlags extends CommonFlags, ConnectFlags {
  readonly set: readonly string[];
  readonly where?: string;
}

export interface DeleteFlags extends CommonFlags, ConnectFlags {
  readonly where: string;
}

export interface HistoryFlags extends CommonFlags {
  readonly limit?: number;
}

export interface FilesFlags extends VersionFlags {
  readonly where?: string;
}

/** How rows are printed. */
export interface RowFlags extends CommonFlags {
  readonly limit: number | "all";
  readonly format?: RowFormat;
}

export interface ShowFlags extends FilesFlags, ConnectFlags, RowFlags {
  readonly columns?: readonly string[];
}

/** A version, or a timestamp. */
export type Moment = number | { readonly timestamp: string };

export interface ChangesFlags extends ConnectFlags, RowFlags {
  readonly from: Moment;
  readonly to?: Moment;
}

export const inputFormats = ["parquet", "ndjson", "csv", "arrow"] as const;
export type InputFormat = (typeof inputFormats)[number];

export const rowFormats = ["table", "ndjson", "csv", "arrow", "parquet"] as const;
export type RowFormat = (typeof rowFormats)[number];
