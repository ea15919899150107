import { LakeError } from "../../base/errors.js";
import type { PendingCommit } from "../../table/pending-commit.js";
import { isFeatureActive } from "./features.js";
import { assertWritable } from "./protocol-check.js";
import type { TableConfiguration } from "./table-configuration.js";

/**
 * What PROTOCOL.md "Requirements for Writers" lets a commit do to the table as it stands.
 *
 * @throws delta/unsupported-feature  a feature of the table that is not built
 * @throws delta/append-only          rows are to go from an append-only table
 */
export function assertCommitAllowed(configuration: TableConfiguration, pending: PendingCommit): void {
  assertWritable(configuration.protocol, configuration);
  assertRemovesAllowed(configuration, pending);
}

/** "Append-only Tables": entries must not change or remove data; rearranging it (`dataChange` false) is allowed. */
function assertRemovesAllowed(configuration: TableConfiguration, { operation, removed, dataChange }: PendingCommit): void {
  if (removed.length === 0 || !dataChange || !isFeatureActive("appendOnly", configuration.protocol, configuration)) return;
  throw new LakeError(
    "delta/append-only",
    `The table is append-only (delta.appendOnly = true), so the ${operation.kind} cannot take rows out of it. ` +
      "Nothing was changed; set the property to false first if the rows have to go.",
    { operation: operation.kind, files: removed.length },
  );
}
