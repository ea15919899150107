import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bindPredicate } from "../../src/expression/bind.js";
import type { Bounds } from "../../src/expression/bounds.js";
import type { BoundExpression } from "../../src/expression/expression.js";
import { parseExpression } from "../../src/expression/parse.js";
import { tableScope } from "../../src/expression/scope.js";
import { parseSchemaText } from "../../src/schema/type-text.js";
import type { Value } from "../../src/schema/value.js";
import { afterWinner, findConflict, type ConflictRule } from "../../src/table/conflict.js";
import type { DataFile } from "../../src/table/data-file.js";
import { noMetrics, type Operation } from "../../src/table/operation.js";
import { isBlindAppend, readNothing, type PendingCommit } from "../../src/table/pending-commit.js";
import type { Changes, IsolationLevel } from "../../src/table/table-format.js";

const schema = parseSchemaText("part string, id int");
const where = (sql: string): BoundExpression => bindPredicate(parseExpression(sql), tableScope(schema));

interface FileSpec {
  readonly path: string;
  readonly part?: string;
  readonly ids?: readonly [number, number];
}

function file({ path, part, ids }: FileSpec): DataFile {
  const partition = new Map<string, Value>(part === undefined ? [] : [["part", part]]);
  const bounds: Bounds = {
    rowCount: 10,
    column: ([name]) => {
      if (name === "part" && part !== undefined) return { min: part, max: part, nullCount: 0, exact: true };
      return name === "id" && ids !== undefined ? { min: ids[0], max: ids[1], nullCount: 0 } : undefined;
    },
  };
  return { path, size: 1, rowCount: 10, partition, bounds, rowDeletes: undefined, origin: undefined };
}

function pending(
  kind: Operation["kind"],
  more: { reads?: Partial<PendingCommit["reads"]>; removed?: readonly string[]; added?: readonly string[] } & Partial<
    Omit<PendingCommit, "reads" | "removed" | "added">
  > = {},
): PendingCommit {
  const { reads, removed = [], added = [], ...rest } = more;
  return {
    operation: { kind, where: undefined, overwriteSchema: false } as Operation,
    metrics: noMetrics,
    added: added.map((path) => ({ ...file({ path }), rowCount: 10, modifiedMs: 0 })),
    removed: removed.map((path) => file({ path })),
    reads: { ...readNothing, ...reads },
    dataChange: true,
    ...rest,
  };
}

function winner(
  more: { added?: readonly FileSpec[]; removed?: readonly string[] } & Partial<Omit<Changes, "added" | "removed">> = {},
): Changes {
  const { added = [], removed = [], ...rest } = more;
  return {
    version: 7,
    added: added.map(file),
    removed: removed.map((path) => ({ path })),
    dataChange: true,
    isBlindAppend: removed.length === 0 && added.length > 0,
    metadataChanged: false,
    operation: "WRITE",
    ...rest,
  };
}

const blindAppend = pending("append", { added: ["mine"] });
const deleteA = pending("delete", {
  reads: { predicates: [where("part = 'a'")], files: new Set(["a1"]) },
  removed: ["a1"],
  added: ["mine"],
});
const deleteById = pending("delete", {
  reads: { predicates: [where("id between 10 and 20")], files: new Set(["f1", "f2"]) },
  removed: ["f1"],
  added: ["mine"],
});
const deleteAll = pending("delete", { reads: { wholeTable: true }, removed: ["a1"] });
const compaction = pending("delete", {
  reads: { files: new Set(["a1", "a2"]) },
  removed: ["a1", "a2"],
  added: ["mine"],
  dataChange: false,
});
const evolvingAppend = pending("append", { added: ["mine"], metadata: { schema } });
const insertOnlyMerge = pending("merge", { reads: { predicates: [where("id in (1, 2)")], files: new Set(["f1"]) }, added: ["mine"] });

const appendA = winner({ added: [{ path: "w", part: "a", ids: [15, 15] }] });
const appendB = winner({ added: [{ path: "w", part: "b", ids: [100, 200] }] });
const appendUnknown = winner({ added: [{ path: "w" }] });
const deleteOfA1 = winner({ removed: ["a1"], added: [], operation: "DELETE" });
const rewriteOfF2 = winner({ removed: ["f2"], added: [{ path: "f2b", part: "b", ids: [100, 101] }], operation: "UPDATE" });
const compactionOfA1 = winner({
  removed: ["a1"],
  added: [{ path: "c", part: "a" }],
  dataChange: false,
  isBlindAppend: false,
  operation: "OPTIMIZE",
});
const compactionOfF2 = winner({
  removed: ["f2"],
  added: [{ path: "c" }],
  dataChange: false,
  isBlindAppend: false,
  operation: "OPTIMIZE",
});
const compactionElsewhere = winner({
  removed: ["x"],
  added: [{ path: "c", part: "a" }],
  dataChange: false,
  isBlindAppend: false,
  operation: "OPTIMIZE",
});
const definition = winner({ metadataChanged: true, isBlindAppend: false, operation: "SET TBLPROPERTIES" });

type Verdict = ConflictRule | "ok";
interface Row {
  readonly rule: string;
  readonly mine: PendingCommit;
  readonly theirs: Changes;
  readonly serializable: Verdict;
  /** Default: as `serializable`. */
  readonly writeSerializable?: Verdict;
}

// Sources: Spark's ConflictChecker.scala (the check is named) and OptimisticTransactionSuite; where laketable is finer, why.
const rows: readonly Row[] = [
  // checkNoMetadataUpdates
  { rule: "a change of the definition stops a blind append", mine: blindAppend, theirs: definition, serializable: "metadata-changed" },
  { rule: "a change of the definition stops a delete", mine: deleteA, theirs: definition, serializable: "metadata-changed" },
  { rule: "a change of the definition stops a compaction", mine: compaction, theirs: definition, serializable: "metadata-changed" },
  // checkForAddedFilesThatShouldHaveBeenReadByCurrentTxn
  { rule: "a blind append follows an append", mine: blindAppend, theirs: appendA, serializable: "ok" },
  { rule: "a blind append follows a delete (delta-rs aborts it)", mine: blindAppend, theirs: deleteOfA1, serializable: "ok" },
  { rule: "a blind append follows a compaction", mine: blindAppend, theirs: compactionOfA1, serializable: "ok" },
  { rule: "an append that adds columns follows an append", mine: evolvingAppend, theirs: appendA, serializable: "ok" },
  {
    rule: "a delete meets an append to the partition it looked at",
    mine: deleteA,
    theirs: appendA,
    serializable: "concurrent-append",
    writeSerializable: "ok",
  },
  { rule: "a delete follows an append to another partition", mine: deleteA, theirs: appendB, serializable: "ok" },
  {
    rule: "a delete follows an append whose statistics rule its rows out (Spark aborts on unpartitioned tables)",
    mine: deleteById,
    theirs: appendB,
    serializable: "ok",
  },
  {
    rule: "a delete meets an append whose statistics may match",
    mine: deleteById,
    theirs: appendA,
    serializable: "concurrent-append",
    writeSerializable: "ok",
  },
  {
    rule: "a delete meets an append without statistics",
    mine: deleteById,
    theirs: appendUnknown,
    serializable: "concurrent-append",
    writeSerializable: "ok",
  },
  {
    rule: "a delete of everything meets any append (delta-rs misses it)",
    mine: deleteAll,
    theirs: appendB,
    serializable: "concurrent-append",
    writeSerializable: "ok",
  },
  {
    rule: "rows that an update wrote are no blind append",
    mine: deleteById,
    theirs: winner({ removed: ["z"], added: [{ path: "w", ids: [15, 15] }], isBlindAppend: false, operation: "UPDATE" }),
    serializable: "concurrent-append",
  },
  {
    rule: "two merges that insert the same key",
    mine: insertOnlyMerge,
    theirs: winner({ added: [{ path: "w", ids: [2, 2] }], isBlindAppend: false, operation: "MERGE" }),
    serializable: "concurrent-append",
  },
  {
    rule: "a merge follows another of other keys",
    mine: insertOnlyMerge,
    theirs: winner({ added: [{ path: "w", ids: [3, 9] }], isBlindAppend: false, operation: "MERGE" }),
    serializable: "ok",
  },
  {
    rule: "a commit that changes metadata does not let a blind append pass under WriteSerializable",
    mine: { ...deleteA, metadata: { schema } },
    theirs: appendA,
    serializable: "concurrent-append",
  },
  // dataChange = false: a winner that only rearranges rows added none (delta PR #1305)
  {
    rule: "a delete follows a compaction of files that it did not touch",
    mine: deleteA,
    theirs: compactionElsewhere,
    serializable: "ok",
  },
  {
    rule: "a delete of everything meets a compaction of its files only",
    mine: deleteAll,
    theirs: compactionElsewhere,
    serializable: "ok",
  },
  {
    rule: "a delete follows a compaction of a file that it read and left as it is",
    mine: deleteById,
    theirs: compactionOfF2,
    serializable: "ok",
  },
  { rule: "a compaction follows an append (SnapshotIsolation)", mine: compaction, theirs: appendA, serializable: "ok" },
  // checkForDeletedFilesAgainstCurrentTxnReadFiles
  {
    rule: "a delete meets an update of a file that it read",
    mine: deleteById,
    theirs: rewriteOfF2,
    serializable: "concurrent-delete-read",
  },
  {
    rule: "a delete of everything meets a delete of any file",
    mine: pending("delete", { reads: { wholeTable: true }, removed: ["b1"] }),
    theirs: deleteOfA1,
    serializable: "concurrent-delete-read",
  },
  { rule: "a delete follows a delete of a file that it did not read", mine: deleteById, theirs: deleteOfA1, serializable: "ok" },
  // checkForDeletedFilesAgainstCurrentTxnDeletedFiles
  {
    rule: "two deletes of one file (read by neither)",
    mine: pending("delete", { removed: ["a1"] }),
    theirs: deleteOfA1,
    serializable: "concurrent-delete-delete",
  },
  {
    rule: "a delete meets a compaction of a file that it rewrote",
    mine: deleteA,
    theirs: compactionOfA1,
    serializable: "concurrent-delete-delete",
  },
  // checkForAddedFiles…, by verb: what an append, a delete, an update and a merge do beside one that won
  {
    rule: "a merge meets an append of one of its keys",
    mine: insertOnlyMerge,
    theirs: winner({ added: [{ path: "w", ids: [1, 1] }] }),
    serializable: "concurrent-append",
    writeSerializable: "ok",
  },
  { rule: "a merge follows an append outside the bounds of its keys", mine: insertOnlyMerge, theirs: appendA, serializable: "ok" },
  {
    rule: "a merge meets the delete of a row that it matched",
    mine: insertOnlyMerge,
    theirs: winner({ removed: ["f1"], added: [], operation: "DELETE" }),
    serializable: "concurrent-delete-read",
  },
  { rule: "a merge follows the rewrite of a file without its keys", mine: insertOnlyMerge, theirs: rewriteOfF2, serializable: "ok" },
  {
    rule: "a merge meets an overwrite of everything",
    mine: insertOnlyMerge,
    theirs: winner({ removed: ["f1", "f2"], added: [{ path: "w", ids: [50, 60] }], isBlindAppend: false }),
    serializable: "concurrent-delete-read",
  },
  {
    rule: "an overwrite of everything meets an append: its rows were never seen",
    mine: pending("overwrite", { reads: { wholeTable: true }, removed: ["a1"], added: ["mine"] }),
    theirs: appendB,
    serializable: "concurrent-append",
    writeSerializable: "ok",
  },
  {
    rule: "an overwrite of one part follows an append to another",
    mine: pending("overwrite", {
      reads: { predicates: [where("part = 'a'")], files: new Set(["a1"]) },
      removed: ["a1"],
      added: ["mine"],
    }),
    theirs: appendB,
    serializable: "ok",
  },
  {
    rule: "an update meets another of the same file",
    mine: pending("update", { reads: { predicates: [where("id = 3")], files: new Set(["f2"]) }, removed: ["f2"], added: ["mine"] }),
    theirs: rewriteOfF2,
    serializable: "concurrent-delete-read",
  },
  {
    rule: "a write with more columns meets rows of a delete as any other",
    mine: { ...insertOnlyMerge, metadata: { schema } },
    theirs: winner({ removed: ["z"], added: [{ path: "w", ids: [1, 2] }], isBlindAppend: false }),
    serializable: "concurrent-append",
  },
  { rule: "two compactions of one file", mine: compaction, theirs: compactionOfA1, serializable: "concurrent-delete-delete" },
];

const verdict = (mine: PendingCommit, theirs: Changes, isolation: IsolationLevel): Verdict =>
  findConflict(mine, theirs, isolation)?.rule ?? "ok";

describe("findConflict", () => {
  test.each(rows.map((row) => [row.rule, row] as const))("%s", (_, { mine, theirs, serializable, writeSerializable = serializable }) => {
    expect(verdict(mine, theirs, "Serializable")).toBe(serializable);
    expect(verdict(mine, theirs, "WriteSerializable")).toBe(writeSerializable);
  });

  test("rows that counted are followed to where winners have put them, from one winner to the next", () => {
    const elsewhere = winner({ removed: ["c"], added: [{ path: "d" }], dataChange: false, isBlindAppend: false });
    const late = winner({ removed: ["d"], added: [] });
    expect(verdict(insertOnlyMerge, late, "Serializable")).toBe("ok");
    const moved = afterWinner(afterWinner(insertOnlyMerge, { ...compactionOfF2, removed: [{ path: "f1" }] }), elsewhere);
    expect(moved.reads.files).toEqual(new Set(["f1", "c", "d"]));
    expect(verdict(moved, late, "Serializable")).toBe("concurrent-delete-read");
    expect(afterWinner(insertOnlyMerge, compactionOfF2)).toBe(insertOnlyMerge);
    expect(afterWinner(insertOnlyMerge, { ...deleteOfA1, removed: [{ path: "f1" }] })).toBe(insertOnlyMerge);
  });

  test("the table shows every rule but the format's own, and both outcomes", () => {
    expect(new Set(rows.map(({ serializable }) => serializable))).toEqual(
      new Set(["ok", "metadata-changed", "concurrent-append", "concurrent-delete-read", "concurrent-delete-delete"]),
    );
  });

  test("a conflict names the winner, the file, the predicate and what to do", () => {
    expect(findConflict(deleteA, appendA, "Serializable")).toMatchObject({
      rule: "concurrent-append",
      winner: 7,
      path: "w",
      predicate: expect.stringContaining("part"),
      reason: expect.stringMatching(/^version 7 \(WRITE\) added w, which may hold rows that match/),
      advice: expect.stringContaining("run it again"),
    });
    expect(findConflict(deleteA, compactionOfA1, "Serializable")).toMatchObject({
      path: "a1",
      reason: expect.stringContaining("version 7 (OPTIMIZE) removed a1"),
    });
  });

  const name = fc.constantFrom("f1", "f2", "f3", "f4");
  const spec = fc.record({
    path: name,
    ids: fc.tuple(fc.nat(30), fc.nat(30)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
  });
  const anyWinner = fc
    .record({
      added: fc.array(spec, { maxLength: 3 }),
      removed: fc.uniqueArray(name),
      dataChange: fc.boolean(),
      isBlindAppend: fc.constant(false),
    })
    .map(winner);
  const anyPending = fc
    .record({
      wholeTable: fc.boolean(),
      low: fc.nat(30),
      read: fc.uniqueArray(name),
      removed: fc.uniqueArray(name),
      dataChange: fc.boolean(),
    })
    .map(({ wholeTable, low, read, removed, dataChange }) =>
      pending("delete", {
        reads: { wholeTable, predicates: [where(`id >= ${low} and id <= ${low + 3}`)], files: new Set([...read, ...removed]) },
        removed,
        added: ["mine"],
        dataChange,
      }),
    );

  test("what Serializable lets pass, WriteSerializable lets pass as well", () => {
    fc.assert(
      fc.property(anyPending, anyWinner, fc.boolean(), (mine, theirs, isBlind) => {
        const changes = { ...theirs, isBlindAppend: isBlind };
        if (verdict(mine, changes, "Serializable") === "ok") expect(verdict(mine, changes, "WriteSerializable")).toBe("ok");
      }),
    );
  });

  test("two commits that take out the same file never both succeed, and no rearranging hides rows from a reader", () => {
    fc.assert(
      fc.property(anyPending, anyWinner, (mine, theirs) => {
        const conflict = verdict(mine, theirs, "Serializable");
        const both = theirs.removed.some(({ path }) => mine.removed.some((removed) => removed.path === path));
        if (both) expect(conflict).not.toBe("ok");
        if (!both && !theirs.dataChange) expect(conflict).toBe("ok");
        const newMatch = theirs.dataChange && mine.dataChange && theirs.added.some((added) => matches(mine, added));
        if (newMatch) expect(conflict).not.toBe("ok");
      }),
    );
  });

  /** Independent of the pruner: whether the id range of a file and of the read predicate overlap. */
  function matches(mine: PendingCommit, added: Changes["added"][number]): boolean {
    if (mine.reads.wholeTable) return true;
    const { min, max } = added.bounds.column(["id"]) ?? {};
    const [low, high] = JSON.stringify(mine.reads.predicates[0], (_, value: unknown) =>
      typeof value === "bigint" ? Number(value) : value,
    )
      .match(/"value":(\d+)/g)
      ?.map((text) => Number(text.slice(8))) ?? [0, 0];
    return typeof min === "number" && typeof max === "number" && min <= (high ?? 0) && max >= (low ?? 0);
  }

  test("a blind append is never in conflict with data", () => {
    expect(isBlindAppend(blindAppend)).toBe(true);
    fc.assert(
      fc.property(anyWinner, (theirs) => {
        expect(verdict(blindAppend, theirs, "Serializable")).toBe("ok");
      }),
    );
  });
});
