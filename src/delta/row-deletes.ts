import type { RowSet } from "../columnar/row-set.js";
import type { LocatedFile } from "../storage/file-locator.js";
import type { RowDeletes } from "../table/data-file.js";
import { LakeError } from "../base/errors.js";
import type { DeltaContext } from "./delta-context.js";
import type { Place } from "./protocol/action-fields.js";
import type { DeletionVectorDescriptor } from "./protocol/actions.js";
import { decodeDataPath } from "./protocol/decode-data-path.js";

/** What a data file's view keeps of its deletion vector. */
export interface VectorOrigin {
  readonly vector: DeletionVectorDescriptor;
  /** The log file that names the vector, for messages. */
  readonly place: Place;
}

export function rowDeletesOf(vector: DeletionVectorDescriptor | undefined, place: Place): RowDeletes | undefined {
  if (vector === undefined) return undefined;
  const origin: VectorOrigin = { vector, place };
  return { cardinality: vector.cardinality, origin };
}

/**
 * The rows of a data file that its deletion vector takes out of the table. PROTOCOL.md "Deletion Vectors": one request for the
 * bytes of the vector alone; size, checksum and cardinality are verified.
 *
 * @throws delta/corrupt-log  the vector is damaged or gone
 */
export async function readRowDeletes(
  context: DeltaContext,
  dataPath: string,
  deletes: RowDeletes,
  signal?: AbortSignal,
): Promise<RowSet> {
  // The bitmaps bring kernels with them that most tables never need.
  const { checkVectorFileVersion, decodeVector, locateVector, unwrapVector } = await import("./protocol/deletion-vector.js");
  const { vector, place } = deletes.origin as VectorOrigin;
  const location = locateVector(vector, dataPath);
  if (location.kind === "inline") return decodeVector(location.bitmap, vector, dataPath);
  const key = decodeDataPath(location.path, context.store.url, place);
  // The first vector of a file lies behind the byte that tells the file's version.
  const lead = location.range.start === 1 ? 1 : 0;
  const { start, end } = location.range;
  const bytes = await readRange(context.files.locate(key), { start: start - lead, end }, { dataPath, signal });
  if (lead === 1) checkVectorFileVersion(bytes[0] as number, dataPath);
  return decodeVector(unwrapVector(bytes.subarray(lead), vector, dataPath), vector, dataPath);
}

async function readRange(
  { store, key }: LocatedFile,
  range: { readonly start: number; readonly end: number },
  { dataPath, signal }: { readonly dataPath: string; readonly signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  try {
    return await store.get(key, { range, signal });
  } catch (error) {
    if (!LakeError.is(error, "storage/not-found") && !LakeError.is(error, "storage/io")) throw error;
    throw new LakeError(
      "delta/corrupt-log",
      `The deletion vector of ${dataPath} cannot be read: its file ${key} is gone, shorter than the log says, or fails. ` +
        "Without it nobody knows which rows are deleted; restore the file from a backup, or read another version.",
      { path: dataPath, vectorFile: key, ...range },
      error,
    );
  }
}
