import { LakeError } from "../base/errors.js";
import { deferredGenerator } from "./deferred-generator.js";

/** What a method that is not there yet would give: a promise, or a generator, whose failure its reader meets. */
interface LaterMethod {
  readonly feature: string;
  readonly gives: "promise" | "rows";
}

const promise = (feature: string): LaterMethod => ({ feature, gives: "promise" });

export const laterStatics: Readonly<Record<string, LaterMethod>> = {
  convert: promise("the conversion of Parquet folders"),
};

export const laterTableMethods: Readonly<Record<string, LaterMethod>> = {
  restore: promise("going back to an earlier version"),
  optimize: promise("compaction and clustering"),
  vacuum: promise("the removal of files that no version needs"),
  repair: promise("the repair of a table's log"),
  clone: promise("cloning"),
};

const columnChanges = promise("changes of a table's columns");

export const laterAlterMethods: Readonly<Record<string, LaterMethod>> = {
  addColumn: promise("changes of a table's columns (an append with { mergeSchema: true } adds those that its data has)"),
  renameColumn: columnChanges,
  dropColumn: columnChanges,
  setType: columnChanges,
  setNullable: columnChanges,
  setComment: columnChanges,
  reorder: columnChanges,
  setDefault: promise("default values of columns"),
  clusterBy: promise("clustering"),
  addConstraint: promise("CHECK constraints"),
  dropConstraint: promise("CHECK constraints"),
  dropFeature: promise("the removal of table features"),
};

/**
 * Gives `owner` the methods of `later`, each of which refuses by name (`delta/unsupported-feature`): plain JavaScript is told
 * what is missing instead of "is not a function". The types don't have them, so that TypeScript says so before.
 */
export function refuseLaterMethods(owner: object, prefix: string, later: Readonly<Record<string, LaterMethod>>): void {
  for (const [name, { feature, gives }] of Object.entries(later)) {
    const call = `${prefix}${name}`;
    const refuse = (): Promise<never> => Promise.reject(notInThisRelease(call, feature));
    const value = gives === "rows" ? () => deferredGenerator<never>(refuse) : refuse;
    Object.defineProperty(owner, name, { value, writable: true, configurable: true });
  }
}

function notInThisRelease(call: string, feature: string): LakeError {
  return new LakeError(
    "delta/unsupported-feature",
    `${call} is not there yet: this release of laketable does not have ${feature}. Nothing was changed.`,
    { call, feature },
  );
}
