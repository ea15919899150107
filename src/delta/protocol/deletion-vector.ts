import { LakeError } from "../../base/errors.js";
import { readRoaring } from "../../columnar/roaring.js";
import { ROW_NUMBER_LIMIT, rowSetOfWords, type RowSet } from "../../columnar/row-set.js";
import { crc32 } from "../../parquet/crc32.js";
import type { DeletionVectorDescriptor } from "./actions.js";
import { decodeZ85 } from "./z85.js";

// PROTOCOL.md "Deletion Vectors", "Deletion Vector Format", "Deletion Vector File Storage Format".

/** The portable format that PROTOCOL.md fixes. */
const MAGIC_PORTABLE = 1681511377;
/** Spark's earlier format: bitmaps one after the other, from the key 0 on, each after its size. */
const MAGIC_NATIVE = 1681511376;
const FILE_VERSION = 1;
/** Size before the data, checksum after it. */
const SIZE_BYTES = 4;
const CHECKSUM_BYTES = 4;
/** Characters of a base85 uuid; what stands before them is the random prefix. */
const UUID_CHARS = 20;

/** Where the bitmap of a vector is. */
export type VectorLocation =
  | { readonly kind: "inline"; readonly bitmap: Uint8Array }
  /** `path` as in a file action: relative to the table, or absolute, percent-encoded. `range` holds size, data and checksum. */
  | { readonly kind: "file"; readonly path: string; readonly range: { readonly start: number; readonly end: number } };

/** @throws delta/corrupt-log  a descriptor that names nothing */
export function locateVector(vector: DeletionVectorDescriptor, dataPath: string): VectorLocation {
  const { storageType, pathOrInlineDv, sizeInBytes } = vector;
  if (storageType === "i") {
    const bytes = decodeZ85(pathOrInlineDv);
    if (bytes === undefined || bytes.length < sizeInBytes) throw badDescriptor(vector, dataPath, "its inline bitmap is no base85");
    return { kind: "inline", bitmap: bytes.subarray(0, sizeInBytes) };
  }
  const start = vector.offset ?? 0;
  const range = { start, end: start + SIZE_BYTES + sizeInBytes + CHECKSUM_BYTES };
  return { kind: "file", path: storageType === "p" ? pathOrInlineDv : relativePath(vector, dataPath), range };
}

/** "Derived Fields": `<random prefix>/deletion_vector_<uuid>.bin`. */
function relativePath(vector: DeletionVectorDescriptor, dataPath: string): string {
  const text = vector.pathOrInlineDv;
  const prefix = text.slice(0, Math.max(0, text.length - UUID_CHARS));
  const uuid = decodeZ85(text.slice(prefix.length));
  if (uuid?.length !== 16) throw badDescriptor(vector, dataPath, `"${text}" does not end in a base85 uuid`);
  const hex = Array.from(uuid, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const name = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  return `${prefix === "" ? "" : `${encodeURIComponent(prefix)}/`}deletion_vector_${name}.bin`;
}

/**
 * The bitmap of a vector that lies in a file: checks size and checksum.
 * @param bytes  what stands in the location's `range`
 */
export function unwrapVector(bytes: Uint8Array, vector: DeletionVectorDescriptor, dataPath: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { sizeInBytes } = vector;
  const size = view.getInt32(0);
  if (size !== sizeInBytes) throw damaged(dataPath, `its file says ${size} bytes where the log says ${sizeInBytes}`);
  const bitmap = bytes.subarray(SIZE_BYTES, SIZE_BYTES + size);
  const checksum = view.getUint32(SIZE_BYTES + size);
  if (crc32(bitmap) !== checksum) throw damaged(dataPath, "its bytes do not match its checksum");
  return bitmap;
}

/** "Deletion Vector File Storage Format": the first byte of a file. */
export function checkVectorFileVersion(version: number, dataPath: string): void {
  if (version === FILE_VERSION) return;
  throw damaged(dataPath, `its file has the format version ${version}, and only ${FILE_VERSION} is known`);
}

/**
 * The rows that a vector takes out of its data file.
 * @throws delta/corrupt-log  the bitmap is damaged, or does not have as many rows as the log says
 */
export function decodeVector(bitmap: Uint8Array, { cardinality }: DeletionVectorDescriptor, dataPath: string): RowSet {
  const rows = decodeBitmapArray(bitmap, dataPath);
  if (rows.cardinality === cardinality) return rows;
  throw damaged(dataPath, `it has ${rows.cardinality} rows where the log says ${cardinality}`);
}

function decodeBitmapArray(bytes: Uint8Array, dataPath: string): RowSet {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) throw damaged(dataPath, `${bytes.length} bytes are too few`);
  const magic = view.getInt32(0, true);
  const layout = layouts.get(magic) ?? layouts.get(view.getInt32(0));
  if (layout === undefined) throw damaged(dataPath, `its magic number is ${magic}`);
  let words: Uint32Array = new Uint32Array(0);
  let at = 4 + layout.countBytes;
  if (at > bytes.length) throw damaged(dataPath, "it is cut off");
  const buckets = layout.count(view);
  for (let bucket = 0; bucket < buckets; bucket++) {
    if (at + 4 > bytes.length) throw damaged(dataPath, "it is cut off");
    const key = layout.key(view, at, bucket);
    const bitmap = readRoaring(bytes.subarray(at + 4), ROW_NUMBER_LIMIT);
    if ("problem" in bitmap) throw damaged(dataPath, bitmap.problem);
    if (bitmap.words.length > 0) {
      if (key !== 0) throw damaged(dataPath, `it names rows from ${key} × 2^32 on, which no file has`);
      words = bitmap.words;
    }
    at += 4 + bitmap.size;
  }
  return rowSetOfWords(words);
}

/** How the two formats say how many bitmaps there are, and which key a bitmap has. */
interface Layout {
  readonly countBytes: number;
  count(view: DataView): number;
  key(view: DataView, at: number, bucket: number): number;
}

const portable: Layout = {
  countBytes: 8,
  count: (view) => view.getUint32(4, true) + view.getUint32(8, true) * 2 ** 32,
  key: (view, at) => view.getUint32(at, true),
};

/**
 * The four bytes before each bitmap are its size, its key is its place. PROTOCOL.md's inline example has these numbers (not those
 * of the bitmaps) in big-endian order, which the magic number gives away.
 */
const native: Layout = {
  countBytes: 4,
  count: (view) => view.getUint32(4, view.getInt32(0, true) === MAGIC_NATIVE),
  key: (_view, _at, bucket) => bucket,
};

const layouts: ReadonlyMap<number, Layout> = new Map([
  [MAGIC_PORTABLE, portable],
  [MAGIC_NATIVE, native],
]);

function damaged(dataPath: string, problem: string): LakeError {
  return new LakeError(
    "delta/corrupt-log",
    `The deletion vector of ${dataPath} cannot be read: ${problem}. Without it nobody knows which rows of the file are deleted; ` +
      "restore the vector's file from a backup, or read an earlier version.",
    { path: dataPath, problem },
  );
}

function badDescriptor(vector: DeletionVectorDescriptor, dataPath: string, problem: string): LakeError {
  return new LakeError(
    "delta/corrupt-log",
    `The deletion vector of ${dataPath} cannot be found: ${problem}. The log is damaged or was written against the protocol.`,
    { path: dataPath, storageType: vector.storageType, problem },
  );
}
