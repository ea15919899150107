import { throwIfAborted } from "../base/abort.js";
import { bindPredicate } from "../expression/bind.js";
import type { BoundExpression, ExpressionNode } from "../expression/expression.js";
import { tableScope } from "../expression/scope.js";
import type { DataFile } from "../table/data-file.js";
import type { Snapshot } from "../table/snapshot.js";

export interface ListFilesOptions {
  readonly where?: ExpressionNode | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The data files that may hold rows for which `where` is true. @throws expression/unknown-column, expression/type-mismatch */
export async function* listFiles(snapshot: Snapshot, { where, signal }: ListFilesOptions = {}): AsyncGenerator<DataFile, void, undefined> {
  for await (const group of snapshot.plan({ where: boundWhere(snapshot, where), signal })) {
    throwIfAborted(signal);
    yield* group;
  }
}

/** The predicate on the snapshot's columns. */
export function boundWhere(snapshot: Snapshot, where: ExpressionNode | undefined): BoundExpression | undefined {
  return where === undefined ? undefined : bindPredicate(where, tableScope(snapshot.schema));
}
