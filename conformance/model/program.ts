import fc from "fast-check";
import { allTypes, atomicTypes, type ModelType } from "./values.js";

export type ModelRow = Readonly<Record<string, unknown>>;

/** A predicate twice: as SQL, and as a claim about a row (three-valued logic: unknown is `false`). */
export interface ModelPredicate {
  readonly sql: string;
  readonly test: (row: ModelRow) => boolean;
}

/** `set` of an update clause: SQL or literals, and what they make of a row. */
export interface ModelUpdate {
  readonly set: Readonly<Record<string, unknown>>;
  readonly apply: (row: ModelRow) => ModelRow;
}

export type MatchedClause =
  | { readonly action: "update-all" | "delete"; readonly where?: ModelPredicate }
  | { readonly action: "update"; readonly update: ModelUpdate; readonly where?: ModelPredicate };

export type Step =
  | { readonly kind: "append"; readonly rows: readonly ModelRow[] }
  | { readonly kind: "overwrite"; readonly rows: readonly ModelRow[]; readonly where?: ModelPredicate }
  | { readonly kind: "delete"; readonly where?: ModelPredicate }
  | { readonly kind: "update"; readonly update: ModelUpdate; readonly where?: ModelPredicate }
  | {
      readonly kind: "merge";
      readonly rows: readonly ModelRow[];
      readonly matched: readonly MatchedClause[];
      readonly notMatched: readonly { readonly where?: ModelPredicate }[];
      readonly bySource: readonly MatchedClause[];
    }
  | { readonly kind: "checkpoint" }
  | { readonly kind: "reopen" };

export interface Program {
  readonly schema: Readonly<Record<string, string>>;
  readonly partitionBy: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** Keys are few, so that merges and predicates hit. */
const key = fc.integer({ min: 0, max: 12 });
const orNull = (value: fc.Arbitrary<unknown>, freq = 6): fc.Arbitrary<unknown> => fc.option(value, { nil: null, freq });

function predicate(): fc.Arbitrary<ModelPredicate> {
  const number = (row: ModelRow): number | null => row["k"] as number | null;
  const known = (test: (k: number) => boolean) => (row: ModelRow) => {
    const k = number(row);
    return k !== null && test(k);
  };
  return fc.oneof(
    key.map((c) => ({ sql: `k < ${c}`, test: known((k) => k < c) })),
    key.map((c) => ({ sql: `k >= ${c} or k is null`, test: (row: ModelRow) => number(row) === null || known((k) => k >= c)(row) })),
    key.map((c) => ({ sql: `K = ${c}`, test: known((k) => k === c) })),
    key.map((c) => ({ sql: `not (k = ${c})`, test: known((k) => k !== c) })),
    fc.constantFrom(0, 1, 2).map((c) => ({ sql: `k % 3 = ${c}`, test: known((k) => k % 3 === c) })),
    fc.tuple(key, key).map(([a, b]) => ({ sql: `k in (${a}, ${b}, null)`, test: known((k) => k === a || k === b) })),
    fc.tuple(key, key).map(([a, b]) => ({ sql: `k between ${a} and ${b}`, test: known((k) => k >= a && k <= b) })),
    fc.constant({
      sql: "k is not null and length(s) > 1",
      test: (row: ModelRow) => number(row) !== null && row["s"] !== null && [...(row["s"] as string)].length > 1,
    }),
    fc.constant({ sql: "true", test: () => true }),
    fc.constant({ sql: "false", test: () => false }),
  );
}

function update(columns: Readonly<Record<string, ModelType>>): fc.Arbitrary<ModelUpdate> {
  return fc.oneof(
    fc.constant<ModelUpdate>({
      set: { k: "k + 1" },
      apply: (row) => ({ ...row, k: row["k"] === null ? null : (row["k"] as number) + 1 }),
    }),
    fc.constant<ModelUpdate>({ set: { v: null }, apply: (row) => ({ ...row, v: null }) }),
    fc
      .constantFrom("x", "", "it's")
      .map<ModelUpdate>((s) => ({ set: { s: `'${s.replaceAll("'", "\\'")}'` }, apply: (row) => ({ ...row, s }) })),
    fc.constant<ModelUpdate>({
      set: { s: "case when k > 5 then 'big' else s end" },
      apply: (row) => ({ ...row, s: row["k"] !== null && (row["k"] as number) > 5 ? "big" : row["s"] }),
    }),
    ...("p" in columns ? [fc.constant<ModelUpdate>({ set: { p: null }, apply: (row) => ({ ...row, p: null }) })] : []),
  );
}

function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<{ readonly where?: T }> {
  return fc.option(arbitrary, { nil: undefined }).map((where) => (where === undefined ? {} : { where }));
}

function clauses(columns: Readonly<Record<string, ModelType>>, withAll: boolean): fc.Arbitrary<readonly MatchedClause[]> {
  const plain: fc.Arbitrary<"update-all" | "delete"> = withAll
    ? fc.constantFrom("update-all" as const, "delete" as const)
    : fc.constant("delete" as const);
  const clause = fc.oneof(
    fc.tuple(plain, maybe(predicateOfTarget())).map(([action, where]) => ({ action, ...where })),
    fc
      .tuple(update(columns), maybe(predicateOfTarget()))
      .map(([change, where]) => ({ action: "update" as const, update: qualified(change), ...where })),
  );
  // Only the last clause of a kind may lack a condition.
  return fc
    .array(clause, { maxLength: 2 })
    .map((list) => list.map((item, index) => (index < list.length - 1 && item.where === undefined ? { ...item, where: anyKey } : item)));
}

const anyKey: ModelPredicate = { sql: "target.k >= 4", test: (row) => row["k"] !== null && (row["k"] as number) >= 4 };

/** In a merge names need their side. */
function predicateOfTarget(): fc.Arbitrary<ModelPredicate> {
  return predicate().map(({ sql, test }) => ({ sql: onTarget(sql), test }));
}
function qualified({ set, apply }: ModelUpdate): ModelUpdate {
  return {
    set: Object.fromEntries(Object.entries(set).map(([name, value]) => [name, typeof value === "string" ? onTarget(value) : value])),
    apply,
  };
}
function onTarget(sql: string): string {
  return sql.replace(/'(?:[^'\\]|\\.)*'|\b([kKs])\b(?!\()/g, (match, name: string | undefined) =>
    name === undefined ? match : `target.${name}`,
  );
}

/** Random tables and what is done to them. */
export function programs(maxSteps: number): fc.Arbitrary<Program> {
  const shape = fc.record({
    v: fc.constantFrom(...allTypes),
    p: fc.option(fc.constantFrom(...atomicTypes), { nil: undefined }),
    interval: fc.constantFrom("1", "3", "10"),
  });
  return shape.chain(({ v, p, interval }) => {
    const columns: Record<string, ModelType> = {
      k: { text: "int", value: key },
      v,
      s: { text: "string", value: fc.string({ maxLength: 5 }) },
    };
    // Three partitions at most, so that files meet.
    // An empty text as partition value is null in every Delta table (PROTOCOL.md "Partition Value Serialization").
    const pool =
      p === undefined
        ? fc.constant([])
        : fc.array(
            p.value.map((value) => (value === "" ? null : value)),
            { minLength: 1, maxLength: 3 },
          );
    return pool.chain((values) => {
      const partition = p === undefined ? {} : { p: { text: p.text, value: fc.constantFrom(...values) } };
      return fc.record({
        schema: fc.constant(Object.fromEntries(Object.entries({ ...columns, ...partition }).map(([name, type]) => [name, type.text]))),
        partitionBy: fc.constant(p === undefined ? [] : ["p"]),
        properties: fc.constant({ "delta.checkpointInterval": interval }),
        steps: fc.array(step({ ...columns, ...partition }), { minLength: 1, maxLength: maxSteps }),
      });
    });
  });
}

function step(columns: Readonly<Record<string, ModelType>>): fc.Arbitrary<Step> {
  const row = fc.record(Object.fromEntries(Object.entries(columns).map(([name, { value }]) => [name, orNull(value)])));
  const rows = fc.array(row, { maxLength: 8 });
  const distinctKeys = fc.uniqueArray(row, { maxLength: 8, selector: (item) => item["k"] ?? {} });
  return fc.oneof(
    { weight: 4, arbitrary: rows.map((added): Step => ({ kind: "append", rows: added })) },
    { weight: 1, arbitrary: rows.map((added): Step => ({ kind: "overwrite", rows: added })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(rows, predicate())
        .map(([added, where]): Step => ({ kind: "overwrite", rows: added.filter(where.test), where })),
    },
    { weight: 2, arbitrary: maybe(predicate()).map((where): Step => ({ kind: "delete", ...where })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(update(columns), maybe(predicate()))
        .map(([change, where]): Step => ({ kind: "update", update: change, ...where })),
    },
    {
      weight: 4,
      arbitrary: fc
        .record({
          rows: fc.oneof({ weight: 5, arbitrary: distinctKeys }, { weight: 1, arbitrary: rows }),
          matched: clauses(columns, true),
          notMatched: fc.constantFrom<readonly { readonly where?: ModelPredicate }[]>(
            [],
            [{}],
            [{ where: { sql: "source.k < 6", test: (item) => item["k"] !== null && (item["k"] as number) < 6 } }],
          ),
          bySource: clauses(columns, false),
        })
        .map((merge): Step =>
          merge.matched.length + merge.notMatched.length + merge.bySource.length === 0
            ? { kind: "merge", ...merge, notMatched: [{}] }
            : { kind: "merge", ...merge },
        ),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "checkpoint" }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "reopen" }) },
  );
}
