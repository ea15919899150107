import { LakeError } from "../../base/errors.js";
import { footerOfBytes } from "../metadata/footer.js";
import { readFreshValues, type FreshValues } from "./fresh-values.js";
import { patchChunk } from "./patch-chunk.js";
import type { ChunkPatch, PatchedChunk, PatchRequest } from "./patch-wire.js";

/**
 * The chunks of a row group with its changes; `undefined` when one of them is not of the kind that is patched, or damaged: whoever
 * decodes it will say what is wrong.
 */
export function patchGroup(request: PatchRequest, path: string): readonly PatchedChunk[] | undefined {
  const { bytes, rowCount, rows, takes, values, chunks } = request;
  const dropped = rows.filter((_, i) => (takes[i] as number) < 0);
  const allDropped = new Int32Array(dropped.length).fill(-1);
  const patched: PatchedChunk[] = [];
  try {
    const columns = values && footerOfBytes(values, "new values").metadata.rowGroups[0]?.columns;
    for (const chunk of chunks) {
      const fresh = freshValues(chunk, values, columns?.[chunk.valueColumn ?? -1]?.metadata);
      if (fresh === "unreadable") return undefined;
      // A column that is not assigned loses rows, and keeps the values of the others.
      const changes = fresh === undefined ? { rowCount, rows: dropped, takes: allDropped, fresh } : { rowCount, rows, takes, fresh };
      const done = patchChunk(bytes, chunk, changes, path);
      if (done === undefined) return undefined;
      patched.push(done);
    }
  } catch (error) {
    if (LakeError.is(error, "parquet/corrupt")) return undefined;
    throw error;
  }
  return patched;
}

function freshValues(
  { valueColumn, shape }: ChunkPatch,
  values: Uint8Array | undefined,
  metadata: Parameters<typeof readFreshValues>[1] | undefined,
): FreshValues | "unreadable" | undefined {
  if (valueColumn === undefined) return undefined;
  if (values === undefined || metadata === undefined) return "unreadable";
  return readFreshValues(values, metadata, shape) ?? "unreadable";
}
