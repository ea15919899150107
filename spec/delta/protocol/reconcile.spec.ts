import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  deletionVectorId,
  type AddFile,
  type CommitActions,
  type DeletionVectorDescriptor,
  type LogicalFile,
  type RemoveFile,
} from "../../../src/delta/protocol/actions.js";
import { createFileReconciler, createNonFileReconciler } from "../../../src/delta/protocol/reconcile.js";

const vectors: readonly (DeletionVectorDescriptor | undefined)[] = [
  undefined,
  { storageType: "u", pathOrInlineDv: "ab", offset: 1, sizeInBytes: 1, cardinality: 1 },
  { storageType: "u", pathOrInlineDv: "ab", sizeInBytes: 1, cardinality: 2 },
  { storageType: "i", pathOrInlineDv: "ab", sizeInBytes: 1, cardinality: 3 },
];
const file = fc.record({ path: fc.constantFrom("a", "b", "c"), deletionVector: fc.constantFrom(...vectors) });
const keyOf = ({ path, deletionVector }: LogicalFile): string => `${path}?${deletionVectorId(deletionVector) ?? ""}`;
const add = fc
  .tuple(file, fc.nat())
  .map(([key, size]): AddFile => ({ ...key, partitionValues: new Map(), size, modificationTime: 0, dataChange: true }));
const remove = fc.tuple(file, fc.nat()).map(([key, size]): RemoveFile => ({ ...key, size, dataChange: true }));
const empty: CommitActions = { txns: [], domains: [], adds: [], removes: [], cdcs: [] };
const fileCommit = fc
  .record({
    adds: fc.uniqueArray(add, { selector: (a) => a.path, maxLength: 3 }),
    removes: fc.uniqueArray(remove, { selector: (r) => r.path, maxLength: 3 }),
  })
  .map(({ adds, removes }): CommitActions => ({
    ...empty,
    adds,
    removes: removes.filter((r) => !adds.some((a) => keyOf(a) === keyOf(r))),
  }));

/** "To replay the log, scan all file actions and keep only the newest reference for each logical file." */
function oracle(commits: readonly CommitActions[]): {
  readonly adds: ReadonlyMap<string, AddFile>;
  readonly removes: ReadonlyMap<string, RemoveFile>;
} {
  const adds = new Map<string, AddFile>();
  const removes = new Map<string, RemoveFile>();
  for (const commit of commits) {
    for (const action of commit.removes) (adds.delete(keyOf(action)), removes.set(keyOf(action), action));
    for (const action of commit.adds) (removes.delete(keyOf(action)), adds.set(keyOf(action), action));
  }
  return { adds, removes };
}

describe("reconciliation", () => {
  it("of files from the newest commit back is a replay from the oldest on", () => {
    fc.assert(
      fc.property(fc.array(fileCommit, { maxLength: 8 }), (commits) => {
        const reconciler = createFileReconciler();
        const groups = [...commits].reverse().map((commit) => reconciler.take(commit));
        const wanted = oracle(commits);
        const adds = groups.flatMap((group) => group.adds);
        const removes = groups.flatMap((group) => group.removes);
        expect(new Map(adds.map((action) => [keyOf(action), action]))).toEqual(wanted.adds);
        expect(new Map(removes.map((action) => [keyOf(action), action]))).toEqual(wanted.removes);
        expect([adds.length, removes.length]).toEqual([wanted.adds.size, wanted.removes.size]);
      }),
      { numRuns: 500 },
    );
  });

  it("of everything else keeps the newest of each, and no removed domain", () => {
    const reconciler = createNonFileReconciler();
    reconciler.take({ ...empty, txns: [{ appId: "x", version: 2n }], domains: [{ domain: "d", configuration: "", removed: true }] });
    reconciler.take({
      ...empty,
      protocol: { minReaderVersion: 1, minWriterVersion: 2 },
      txns: [
        { appId: "x", version: 9n },
        { appId: "y", version: 1n },
        { appId: "y", version: 5n },
      ],
      domains: [
        { domain: "d", configuration: "old", removed: false },
        { domain: "e", configuration: "kept", removed: false },
      ],
    });
    reconciler.take({ ...empty, protocol: { minReaderVersion: 1, minWriterVersion: 1 } });
    expect(reconciler.state()).toEqual({
      protocol: { minReaderVersion: 1, minWriterVersion: 2 },
      metadata: undefined,
      txns: [
        { appId: "x", version: 2n },
        { appId: "y", version: 5n },
      ],
      domains: [{ domain: "e", configuration: "kept", removed: false }],
    });
  });
});
