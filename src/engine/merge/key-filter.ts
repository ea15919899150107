import { sortKeys, type SortedKeys } from "../../columnar/sorted-keys.js";
import type { Bounds } from "../../expression/bounds.js";
import type { BoundExpression } from "../../expression/expression.js";
import type { MergeCondition } from "../../expression/merge-condition.js";
import type { Matcher } from "./match-rows.js";

/** Files that are judged by the bounds of all keys together before the keys are put in order: for a few files that costs more. */
const FILES_MIN = 4;
/** More keys than this are not put in order: among so many, few files would be without one. */
const KEYS_MAX = 1 << 20;

/**
 * Whether some key of the source lies between a file's least and greatest value: the keys of a small merge are spread over the
 * whole range of a large table, and yet most of its files hold none.
 */
export function createKeyFilter(condition: MergeCondition, matcher: Matcher, keyCount: number): (bounds: Bounds) => boolean {
  const index = condition.equalities.findIndex(
    ({ target, nullSafe }, key) => isOrdered(target) && !nullSafe && matcher.keyBounds[key]?.distinct === undefined,
  );
  const key = condition.equalities[index]?.target;
  if (key?.kind !== "reference" || keyCount > KEYS_MAX) return () => true;
  let asked = 0;
  let keys: SortedKeys | undefined;
  return (bounds) => {
    const { min, max } = bounds.column(key.path) ?? {};
    if (min === undefined || max === undefined || ++asked <= FILES_MIN) return true;
    keys ??= sortKeys(key.type, matcher.keyColumns(index));
    return keys.hasBetween(min, max);
  };
}

/** A plain column whose bounds hold for every value: those of floating-point columns leave NaN out. */
function isOrdered(target: BoundExpression): boolean {
  return target.kind === "reference" && target.type.kind !== "float" && target.type.kind !== "double";
}
