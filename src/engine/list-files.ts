import { throwIfAborted } from "../base/abort.js";
import { bindPredicate } from "../expression/bind.js";
import type { BoundExpression, ExpressionNode } from "../expression/expression.js";
import { tableScope } from "../expression/scope.js";
import type { DataFile } from "../table/data-file.js";
import type { Snapshot } from "../table/snapshot.js";
import type { EngineContext } from "./context.js";
import { atTime } from "./rewrite/statement-time.js";

export interface ListFilesOptions {
  readonly where?: ExpressionNode | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The data files that may hold rows for which `where` is true. @throws expression/unknown-column, expression/type-mismatch */
export async function* listFiles(
  context: Pick<EngineContext, "host">,
  snapshot: Snapshot,
  { where, signal }: ListFilesOptions = {},
): AsyncGenerator<DataFile, void, undefined> {
  yield* filesFor(snapshot, boundWhere(context, snapshot, where), signal);
}

/** The data files that may hold rows for which `where`, bound to the snapshot's columns, is true. */
export async function* filesFor(
  snapshot: Snapshot,
  where: BoundExpression | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<DataFile, void, undefined> {
  for await (const group of snapshot.plan({ where, signal })) {
    throwIfAborted(signal);
    yield* group;
  }
}

/**
 * The predicate on the snapshot's columns, `current_timestamp` and its like being the time of this call. A read binds once, so
 * that its pruning and its filter see one time.
 */
export function boundWhere(
  { host }: Pick<EngineContext, "host">,
  snapshot: Snapshot,
  where: ExpressionNode | undefined,
): BoundExpression | undefined {
  return where === undefined ? undefined : atTime(bindPredicate(where, tableScope(snapshot.schema)), host.now());
}
