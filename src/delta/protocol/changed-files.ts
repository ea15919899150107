import type { AddFile, CommitActions, DeletionVectorDescriptor, RemoveFile } from "./actions.js";
import { canonicalPath } from "./decode-data-path.js";
import { deletionVectorId } from "./actions.js";

/** A file of a commit whose rows were changed, and how. */
export interface ChangedFile {
  readonly kind: "recorded" | "insert" | "delete";
  /** `size` of a remove may be missing. */
  readonly file: Pick<AddFile, "path" | "partitionValues" | "deletionVector"> & { readonly size: number | undefined };
  /** Only rows that this vector takes out. */
  readonly among?: DeletionVectorDescriptor | undefined;
}

/**
 * What a commit changed. PROTOCOL.md "Change Data Files", "Add CDC File": where there are change data files they say all of it, else
 * what is added was inserted and what is removed was deleted, as far as `dataChange` is true. A file that is removed and added again
 * with another deletion vector has lost the rows that only the new one takes out, and got back those that only the old one did.
 */
export function changedFiles(actions: Pick<CommitActions, "adds" | "removes" | "cdcs">): readonly ChangedFile[] {
  if (actions.cdcs.length > 0) {
    return actions.cdcs.map(({ path, partitionValues, size }) => ({ kind: "recorded", file: { path, partitionValues, size } }));
  }
  const adds = actions.adds.filter(({ dataChange }) => dataChange);
  const removes = actions.removes.filter(({ dataChange }) => dataChange);
  const addedAgain = new Map(adds.map((add) => [canonicalPath(add.path), add]));
  const removedBefore = new Map(removes.map((remove) => [canonicalPath(remove.path), remove]));
  return [
    ...removes.flatMap((remove): readonly ChangedFile[] => {
      const add = addedAgain.get(canonicalPath(remove.path));
      return add === undefined ? [{ kind: "delete", file: fileOf(remove) }] : rowsLost(remove, add);
    }),
    ...adds.flatMap((add): readonly ChangedFile[] => {
      const remove = removedBefore.get(canonicalPath(add.path));
      return remove === undefined ? [{ kind: "insert", file: fileOf(add) }] : rowsBack(remove, add);
    }),
  ];
}

function rowsLost(remove: RemoveFile, add: AddFile): readonly ChangedFile[] {
  if (add.deletionVector === undefined || isSame(remove, add)) return [];
  return [{ kind: "delete", file: { ...fileOf(add), deletionVector: remove.deletionVector }, among: add.deletionVector }];
}

function rowsBack(remove: RemoveFile, add: AddFile): readonly ChangedFile[] {
  if (remove.deletionVector === undefined || isSame(remove, add)) return [];
  return [{ kind: "insert", file: fileOf(add), among: remove.deletionVector }];
}

function isSame(remove: RemoveFile, add: AddFile): boolean {
  return deletionVectorId(remove.deletionVector) === deletionVectorId(add.deletionVector);
}

function fileOf({ path, partitionValues, size, deletionVector }: AddFile | RemoveFile): ChangedFile["file"] {
  return { path, partitionValues: partitionValues ?? new Map<string, string | null>(), size, deletionVector };
}
