import fc from "fast-check";
import type { IsolationLevel } from "../../src/table/table-format.js";
import { holds, rowOf, type Operation, type Predicate } from "./operations.js";

/** Everything that happens, as data: it prints, it shrinks, and it runs the same way every time. */
export interface Schedule {
  readonly table: TableShape;
  /** Each in a process of its own, with a clock that is off by so much. */
  readonly writers: readonly WriterPlan[];
  readonly readers: readonly (readonly ReaderStep[])[];
  /** Who runs how far. When they are used up, one process after the other runs to its end. */
  readonly bursts: readonly Burst[];
  readonly faults: readonly ScheduledFault[];
  /** Ids and jitter of all processes. */
  readonly seed: number;
}

export interface TableShape {
  readonly isolation: IsolationLevel;
  readonly isPartitioned: boolean;
  readonly checkpointInterval: number;
  /** Keys of the rows that it begins with, in files of two. */
  readonly keys: readonly number[];
  /** Of listings. */
  readonly pageSize: number;
}

export interface WriterPlan {
  readonly skewMs: number;
  readonly steps: readonly WriterStep[];
}

export interface WriterStep {
  readonly operation: Operation;
  /** Whether the handle is moved to the newest version first. */
  readonly refresh: boolean;
}

export type ReaderStep =
  | { readonly kind: "open" }
  | { readonly kind: "refresh" }
  /** Reads a version that it has, the newest it saw or one from before. */
  | { readonly kind: "read"; readonly back: number; readonly where?: Predicate | undefined }
  | { readonly kind: "travel"; readonly back: number };

/** So many calls of one process; `pick` chooses among those that wait at once, 0 is the oldest. */
export interface Burst {
  readonly process: number;
  readonly calls: number;
  readonly pick: number;
}

export interface ScheduledFault {
  /** Writers first, then readers. */
  readonly process: number;
  /** Counts only puts of versions, or every call. */
  readonly at: "commit" | "call";
  /** So many of them pass first. */
  readonly skip: number;
  readonly effect: "fail-before" | "no-space" | "lose-reply" | "late" | "echo" | "crash" | "clock-jump";
  /** So many of the process's calls after this one fail as well. */
  readonly failing: number;
  /** `late`: steps until it is carried out. `crash`: which of its calls under way are, by bit. `clock-jump`: seconds, back or forth. */
  readonly amount: number;
}

const key = fc.integer({ min: 0, max: 7 });
const keys = fc.array(key, { minLength: 1, maxLength: 3 });
const predicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({ column: fc.constant("k" as const), compare: fc.constantFrom("<" as const, ">=" as const, "=" as const), value: key }),
  fc.record({ column: fc.constant("p" as const), compare: fc.constant("=" as const), value: fc.constantFrom(0, 1) }),
);
const where = fc.option(predicate, { nil: undefined, freq: 4 });
const merge = fc
  .record({
    keys: fc.uniqueArray(key, { minLength: 1, maxLength: 3 }),
    matched: fc.constantFrom("update-all" as const, "update" as const, "delete" as const, "none" as const),
    inserts: fc.boolean(),
    bySource: fc.option(predicate, { nil: undefined, freq: 2 }),
  })
  .map((one): Operation => ({
    kind: "merge",
    ...one,
    inserts: one.inserts || (one.matched === "none" && one.bySource === undefined),
  }));
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: keys.map((list): Operation => ({ kind: "append", keys: list })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ keys, where })
      // The rows of an overwrite have to match what it replaces.
      .map(({ keys: list, where: which }): Operation => ({
        kind: "overwrite",
        keys: list.filter((k) => holds(which, rowOf(k, 0))),
        where: which,
      })),
  },
  { weight: 3, arbitrary: where.map((which): Operation => ({ kind: "delete", where: which })) },
  {
    weight: 3,
    arbitrary: fc.record({ where, plus: fc.integer({ min: 0, max: 9 }) }).map((one): Operation => ({ kind: "update", ...one })),
  },
  { weight: 5, arbitrary: merge },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Operation>(
      { kind: "set-property", key: "owner", value: "a" },
      { kind: "set-property", key: "owner", value: "b" },
      { kind: "set-property", key: "delta.checkpointInterval", value: "2" },
    ),
  },
  { weight: 1, arbitrary: fc.constant<Operation>({ kind: "checkpoint" }) },
  { weight: 1, arbitrary: keys.map((list): Operation => ({ kind: "widen", keys: list })) },
  { weight: 2, arbitrary: fc.nat(1).map((batch): Operation => ({ kind: "ingest", batch })) },
);

const skewMs = fc.constantFrom(0, 0, -3_600_000, 1, 250, 86_400_000);
const writer: fc.Arbitrary<WriterPlan> = fc.record({
  skewMs,
  steps: fc.array(fc.record({ operation, refresh: fc.boolean() }), { minLength: 1, maxLength: 4 }),
});
const readerStep: fc.Arbitrary<ReaderStep> = fc.oneof(
  fc.constant<ReaderStep>({ kind: "open" }),
  fc.constant<ReaderStep>({ kind: "refresh" }),
  fc.record({ back: fc.nat(3), where }).map((step): ReaderStep => ({ kind: "read", ...step })),
  fc.record({ back: fc.nat(3) }).map((step): ReaderStep => ({ kind: "travel", ...step })),
);
const fault: fc.Arbitrary<ScheduledFault> = fc
  .record({
    process: fc.nat(7),
    at: fc.constantFrom("commit" as const, "call" as const),
    skip: fc.nat(30),
    effect: fc.constantFrom<ScheduledFault["effect"]>("lose-reply", "late", "crash", "fail-before", "no-space", "echo", "clock-jump"),
    failing: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 4 }) },
      // Longer than a commit goes on asking what became of it.
      { weight: 1, arbitrary: fc.integer({ min: 12, max: 24 }) },
    ),
    amount: fc.nat(63),
  })
  // A process puts few versions.
  .map((one) => (one.at === "commit" ? { ...one, skip: one.skip % 4 } : one));

export function schedules(isolation: IsolationLevel): fc.Arbitrary<Schedule> {
  return fc.record({
    table: fc.record({
      isolation: fc.constant(isolation),
      isPartitioned: fc.boolean(),
      checkpointInterval: fc.constantFrom(10, 3, 10, 2, 3, 1),
      keys: fc.array(key, { maxLength: 6 }),
      pageSize: fc.constantFrom(1000, 2, 1),
    }),
    writers: fc.oneof(
      { weight: 4, arbitrary: fc.array(writer, { minLength: 2, maxLength: 3 }) },
      { weight: 1, arbitrary: fc.array(writer, { minLength: 4, maxLength: 6 }) },
    ),
    readers: fc.array(fc.array(readerStep, { minLength: 1, maxLength: 5 }), { maxLength: 2 }),
    bursts: fc.array(fc.record({ process: fc.nat(7), calls: fc.integer({ min: 1, max: 16 }), pick: fc.nat(3) }), {
      maxLength: 50,
      size: "max",
    }),
    faults: fc.array(fault, { maxLength: 6, size: "max" }),
    seed: fc.integer(),
  });
}
