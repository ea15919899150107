import type { Compression } from "../../parquet/codec/codec.js";

// PROTOCOL.md "Data Files", "Add File and Remove File" (`path`).

/** What Hive and Spark put in a folder's name for a null (and, as PROTOCOL.md has it, for an empty text). */
export const HIVE_NULL = "__HIVE_DEFAULT_PARTITION__";

/** File systems allow 255 bytes in a name. */
const FOLDER_NAME_MAX_BYTES = 255;

/** Spark's `ExternalCatalogUtils.charToEscape`, and NUL, which no file system takes. */
const hiveEscaped = /[\u0000-\u001f\u007f"#%'*/:=?\\{[\]^]/g;

export interface DataPathParts {
  /** Partition columns, in the table's order, with their serialized values. */
  readonly partition: readonly (readonly [name: string, value: string | null])[];
  readonly uuid: string;
  readonly compression: Compression;
}

/**
 * The key of a fresh data file: `a=1/b=x y/part-00000-<uuid>-c000.zstd.parquet`.
 *
 * Folders are a convention, no part of the protocol. So a table whose folders would be hidden (names that begin with `_` or
 * `.` are passed over by readers of plain folders) or too long for a file system has its files side by side.
 */
export function dataFilePath({ partition, uuid, compression }: DataPathParts): string {
  const name = `part-00000-${uuid}-c000${extension(compression)}.parquet`;
  const folders = partition.map(
    ([column, value]) => `${escapeHive(column)}=${value === null || value === "" ? HIVE_NULL : escapeHive(value)}`,
  );
  const isPlain = folders.every((folder) => !/^[_.]/.test(folder) && utf8Length(folder) <= FOLDER_NAME_MAX_BYTES);
  return isPlain ? [...folders, name].join("/") : name;
}

/** Spark's `escapePathName`. */
export function escapeHive(text: string): string {
  return text.replace(hiveEscaped, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

/**
 * A key as `add.path` wants it: "a URI as specified by RFC 2396", relative to the table. Letters, digits and what a path may
 * hold unescaped stay; everything else is percent-encoded UTF-8. A colon is encoded too: before the first slash it would end
 * a scheme.
 */
export function encodePath(key: string): string {
  return key
    .split("/")
    .map((segment) => encodeURIComponent(segment).replace(/%(?:3D|40|26|2B|24|2C)/g, decodeURIComponent))
    .join("/");
}

function extension(compression: Compression): string {
  switch (compression) {
    case "uncompressed":
      return "";
    case "gzip":
      return ".gz";
    case "brotli":
      return ".br";
    case "lz4_raw":
      return ".lz4raw";
    default:
      return `.${compression}`;
  }
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const point of text) {
    const code = point.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
