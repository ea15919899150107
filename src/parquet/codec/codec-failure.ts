import { LakeError } from "../../base/errors.js";
import { corruptFile } from "../corrupt.js";
import type { CodecFailure, CodecRequest } from "./codec-wire.js";

/** The error of a job that failed on the bytes of `path`. */
export function codecError(failure: CodecFailure, kind: CodecRequest["kind"], path: string): LakeError {
  if (failure.page !== undefined) {
    const { column, offset, reason } = failure.page;
    return corruptFile(path, `column ${column}, the page at byte ${offset}: ${reason}`, { column, offset });
  }
  const facts = { path, reason: failure.reason };
  // parquet-rs marks what it has not built (LZO, an encoding) by these letters.
  if (failure.unsupported || failure.reason.includes("NYI"))
    return new LakeError("parquet/unsupported", `${path} cannot be read: ${failure.reason}`, facts);
  if (kind === "encode") {
    return new LakeError("parquet/codec", `A row group of ${path} could not be encoded as Parquet: ${failure.reason}.`, facts);
  }
  return new LakeError(
    "parquet/corrupt",
    `${path} could not be decoded: its Parquet data is damaged (${failure.reason}). ` +
      "Restore the file, or remove the rows it held from the table by time travel or by deleting the file.",
    facts,
  );
}

/** The error of a job whose worker ended, or whose codec cannot start. */
export function codecGone(path: string, why: string, cause?: unknown): LakeError {
  return new LakeError("parquet/codec", `The Parquet codec stopped while it worked on ${path}: ${why}`, { path }, cause);
}
