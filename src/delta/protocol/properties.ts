import { LakeError } from "../../base/errors.js";
import type { Compression } from "../../parquet/codec/codec.js";
import { parseInterval } from "./interval.js";

/** A table property as the field knows it: key, how its text is read, and what holds when it is absent. */
export interface TableProperty<T> {
  readonly key: string;
  /** What the text means; `undefined` when it means nothing. */
  readonly parse: (text: string) => T | undefined;
  readonly otherwise: T;
  /** What a text has to be, for messages. */
  readonly wanted: string;
}

const boolean = (key: string, otherwise: boolean): TableProperty<boolean> => ({
  key,
  parse: parseBoolean,
  otherwise,
  wanted: "true or false",
});
const interval = <T>(key: string, otherwise: T): TableProperty<number | T> => ({
  key,
  parse: parseInterval,
  otherwise,
  wanted: "an interval such as `interval 7 days`, in weeks or smaller units",
});
const whole = <T>(key: string, otherwise: T, least: number): TableProperty<number | T> => ({
  key,
  parse: (text) => wholeNumber(text, least),
  otherwise,
  wanted: `a whole number from ${least}`,
});
const weekMs = 7 * 86_400_000;

/** The properties that this release obeys. PROTOCOL.md "Table Properties"; the others are Spark's, with Spark's defaults. */
export const properties = Object.freeze({
  appendOnly: boolean("delta.appendOnly", false),
  checkpointInterval: whole("delta.checkpointInterval", 10, 1),
  checkpointWriteStatsAsJson: boolean("delta.checkpoint.writeStatsAsJson", true),
  checkpointWriteStatsAsStruct: boolean("delta.checkpoint.writeStatsAsStruct", false),
  logRetentionMs: interval("delta.logRetentionDuration", 30 * 86_400_000),
  deletedFileRetentionMs: interval("delta.deletedFileRetentionDuration", weekMs),
  setTransactionRetentionMs: interval("delta.setTransactionRetentionDuration", undefined),
  enableExpiredLogCleanup: boolean("delta.enableExpiredLogCleanup", true),
  dataSkippingNumIndexedCols: whole("delta.dataSkippingNumIndexedCols", 32, -1),
  dataSkippingStatsColumns: {
    key: "delta.dataSkippingStatsColumns",
    parse: parseColumnList,
    otherwise: undefined,
    wanted: "column names separated by commas",
  },
  dataSkippingStringPrefixLength: whole("delta.dataSkippingStringPrefixLength", 32, 0),
  compression: {
    key: "delta.parquet.compression.codec",
    parse: parseCodec,
    otherwise: "zstd",
    wanted: "one of uncompressed, none, snappy, gzip, lz4_raw, zstd (lz4 with Hadoop's framing is not written)",
  },
  formatVersion: {
    key: "delta.parquet.format.version",
    parse: (text) => (text === "1.0.0" ? "1.0" : /^2\.\d+\.\d+$/.test(text) ? "2.0" : undefined),
    otherwise: "1.0",
    wanted: "1.0.0 or 2.MINOR.PATCH",
  },
  targetFileBytes: {
    key: "delta.targetFileSize",
    parse: parseBytes,
    otherwise: undefined,
    wanted: "a size in bytes, or with a unit as in 128mb",
  },
  isolationLevel: {
    key: "delta.isolationLevel",
    parse: (text) => (text === "Serializable" || text === "WriteSerializable" ? text : undefined),
    otherwise: "Serializable",
    wanted: "Serializable or WriteSerializable",
  },
} satisfies Record<string, TableProperty<unknown>> & {
  readonly compression: TableProperty<Compression>;
  readonly formatVersion: TableProperty<"1.0" | "2.0">;
  readonly isolationLevel: TableProperty<"Serializable" | "WriteSerializable">;
  readonly dataSkippingStatsColumns: TableProperty<readonly string[] | undefined>;
  readonly targetFileBytes: TableProperty<number | undefined>;
});

/**
 * What the table has `property` set to, or its default.
 *
 * @throws delta/invalid-property
 */
export function readProperty<T>(configuration: ReadonlyMap<string, string>, property: TableProperty<T>): T {
  const text = configuration.get(property.key);
  if (text === undefined) return property.otherwise;
  const value = property.parse(text);
  if (value === undefined) throw invalidValue(property.key, text, property.wanted);
  return value;
}

export function invalidValue(key: string, text: string, wanted: string): LakeError {
  return new LakeError("delta/invalid-property", `The table property ${key} is "${text}"; it must be ${wanted}.`, {
    key,
    value: text,
    wanted,
  });
}

/** `true` and `false` in any case. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return word === "true" ? true : word === "false" ? false : undefined;
}

function wholeNumber(text: string, least: number): number | undefined {
  const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : NaN;
  return Number.isSafeInteger(value) && value >= least ? value : undefined;
}

const codecs: ReadonlyMap<string, Compression> = new Map<string, Compression>([
  ["uncompressed", "uncompressed"],
  ["none", "uncompressed"],
  ["snappy", "snappy"],
  ["gzip", "gzip"],
  ["lz4_raw", "lz4_raw"],
  ["zstd", "zstd"],
]);

function parseCodec(text: string): Compression | undefined {
  return codecs.get(text.trim().toLowerCase());
}

const byteUnits: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["b", 1],
  ["k", 2 ** 10],
  ["kb", 2 ** 10],
  ["m", 2 ** 20],
  ["mb", 2 ** 20],
  ["g", 2 ** 30],
  ["gb", 2 ** 30],
]);

function parseBytes(text: string): number | undefined {
  const match = /^(\d+)\s*([a-z]*)$/.exec(text.trim().toLowerCase());
  const unit = match === null ? undefined : byteUnits.get(match[2] ?? "");
  const bytes = unit === undefined ? NaN : Number(match?.[1]) * unit;
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** `a, b.c, \`odd,name\``; an empty text names no column. */
function parseColumnList(text: string): readonly string[] | undefined {
  const columns: string[] = [];
  const item = /\s*((?:`(?:[^`]|``)*`|[^,`])+?)\s*(?:,|$)/y;
  if (text.trim() === "") return columns;
  while (item.lastIndex < text.length) {
    const match = item.exec(text);
    if (match === null) return undefined;
    columns.push(match[1] ?? "");
  }
  return columns;
}
