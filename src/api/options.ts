import type { Logger } from "../base/logger.js";
import type { Progress } from "../base/progress.js";
import { LakeError } from "../base/errors.js";
import type { Expression } from "../expression/build.js";
import type { S3Options } from "../storage/s3-store-options.js";
import type { SchemaInput } from "../schema/schema-input.js";

/** How to reach a table and how much the work on it may use. Taken by `create`, `open` and `exists`. */
export interface ConnectOptions {
  /** Bytes that reads and writes may hold at once, workers of the codec included. Default: 1 GiB. */
  readonly memoryLimit?: number | undefined;
  /** Codec workers; 0 decodes and encodes in this thread. Default: one per core, within `memoryLimit`. */
  readonly workers?: number | undefined;
  /** How often a commit that meets rivals is tried. Default: 200. */
  readonly maxAttempts?: number | undefined;
  /**
   * What writes promise beside rivals: `"Serializable"`, the result of doing one after the other in the order of versions, or
   * `"WriteSerializable"`, where rows that a rival has appended unseen may count as having come later. Default: as the table's
   * property `delta.isolationLevel` says, which is `"Serializable"` unless it was set.
   */
  readonly isolation?: "Serializable" | "WriteSerializable" | undefined;
  /** Told of what is worth knowing but no failure, such as a checkpoint that could not be written. Default: silent. */
  readonly logger?: Logger | undefined;
  /**
   * Where the table may read data files that lie outside its own folder, as those of a shallow clone do: folders or URLs. Default: in the
   * folder that the table is in, of a table on S3 in its bucket. Nothing outside the table's folder is ever written or deleted.
   */
  readonly allowedLocations?: readonly string[] | undefined;
  /** How s3:// locations are reached. Default: as the AWS SDK finds it in environment and profile. */
  readonly s3?: S3Options | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A version by number, or the newest one not later than a timestamp: ISO text with a zone, a `Date`, or milliseconds. */
export type TimeTravel =
  | { readonly version: number; readonly timestamp?: undefined }
  | { readonly timestamp: string | Date | number; readonly version?: undefined };

export interface OpenOptions extends ConnectOptions {
  readonly version?: number | undefined;
  readonly timestamp?: string | Date | number | undefined;
}

export interface CreateTableOptions<S extends SchemaInput, P extends string> extends ConnectOptions {
  readonly schema: S;
  /** Columns that become folders. */
  readonly partitionBy?: readonly P[] | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** What the table holds, for people. */
  readonly comment?: string | undefined;
  readonly name?: string | undefined;
  /** What to do when there is a table: refuse, open it as it is, or put this definition and no rows in its place. Default: `"error"`. */
  readonly ifExists?: "error" | "open" | "replace" | undefined;
  readonly userMetadata?: string | undefined;
}

/** A predicate: SQL text or an `Expression`. */
export type Predicate = string | Expression;

export interface ReadOptions {
  /** Top-level columns to read, in this order. Default: all. */
  readonly columns?: readonly string[] | undefined;
  /** Rows for which this is true. */
  readonly where?: Predicate | undefined;
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SignalOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface HistoryOptions extends SignalOptions {
  /** Versions, at most. Default: all that the log has. */
  readonly limit?: number | undefined;
}

export interface WriteOptions {
  /** Kept in the log entry, as given. */
  readonly userMetadata?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The number that an application gives a write. Its versions only grow: an offset, a batch id, the time of a schedule. */
export interface Txn {
  /** Names the application, or one of its streams. */
  readonly appId: string;
  /** A whole number of 64 bits; a plain number when it is safe. */
  readonly version: number | bigint;
}

/** Writes that can be done exactly once. */
export interface NumberedWriteOptions extends WriteOptions {
  /**
   * Makes the write idempotent: a table that has this `version` of `appId`, or a later one, is not written to, and the result
   * says `skipped: true`. A write that is repeated after a crash or an unknown outcome, or that two processes run at once, is
   * in the table once. Always commits otherwise, rows or not.
   */
  readonly txn?: Txn | undefined;
}

export interface AppendOptions extends NumberedWriteOptions {
  /** Add columns that the data has and the table lacks. Default: `false`, they are refused. */
  readonly mergeSchema?: boolean | undefined;
}

export interface OverwriteOptions extends NumberedWriteOptions {
  /** Replace only the rows that match; the new rows must match too. Default: the whole table. */
  readonly where?: Predicate;
  /** `"overwrite"`: the table takes the data's schema. */
  readonly schema?: "overwrite" | undefined;
}

export interface DeleteOptions extends WriteOptions {
  /** Default: every row. */
  readonly where?: Predicate;
}

/** In `set` and `values` a string is SQL; any other value is a literal. */
export type Assignment = string | Expression | number | bigint | boolean | Date | Uint8Array | null;

export interface UpdateOptions extends WriteOptions {
  readonly set: Readonly<Record<string, Assignment>>;
  /** Default: every row. */
  readonly where?: Predicate;
}

/**
 * Refuses option names that are not known: a feature that is not built is named, a slip of the pen lists what there is.
 *
 * @throws delta/unsupported-feature, usage/invalid-option
 */
export function checkOptions(
  call: string,
  options: object | null | undefined,
  known: readonly string[],
  later: Readonly<Record<string, string>> = {},
): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new LakeError("usage/invalid-option", `${call} takes an options object, found ${describe(options)}.`, { call });
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const feature = later[name];
    if (feature !== undefined) {
      throw new LakeError(
        "delta/unsupported-feature",
        `${call} was given "${name}", which needs ${feature}. This release of laketable does not have it yet; leave the option out.`,
        { call, option: name, feature },
      );
    }
    throw new LakeError("usage/invalid-option", `${call} has no option "${name}". Known: ${known.join(", ")}.`, {
      call,
      option: name,
      known,
    });
  }
}

/** @throws usage/invalid-option for what is no count of things */
export function assertLimit(call: string, limit: number | undefined): void {
  if (limit === undefined || (Number.isSafeInteger(limit) && limit >= 0)) return;
  throw new LakeError("usage/invalid-option", `The limit of ${call} must be a whole number from 0, found ${String(limit)}.`, {
    call,
    limit: String(limit),
  });
}

function describe(value: unknown): string {
  return Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
}
