import { LakeError } from "../../base/errors.js";
import type { DataFile } from "../../table/data-file.js";

/**
 * A file whose deleted rows are recorded beside it can be read and removed, but not rewritten yet.
 * @throws delta/unsupported-feature
 */
export function refuseRowDeletes(file: DataFile): void {
  if (file.rowDeletes === undefined) return;
  throw new LakeError(
    "delta/unsupported-feature",
    `${file.path} may hold rows to be changed and has deleted rows recorded in a deletion vector (deletionVectors), which this release ` +
      "of laketable reads but does not rewrite. Nothing was changed. Purge the vectors with the engine that wrote them (REORG TABLE … " +
      "APPLY (PURGE)), then run this again.",
    { features: ["deletionVectors"], path: file.path },
  );
}
