import type { ModelPredicate, ModelRow, Program, Step } from "../model/program.js";
import type { PeerName } from "./environment.js";

/** What an engine is known to do wrong. Programs that meet it are left out; `proof` must go wrong, or the entry has to go. */
export interface Fault {
  readonly engine: PeerName;
  readonly does: "reads" | "writes";
  readonly reason: string;
  readonly touches: (program: Program) => boolean;
  readonly proof: Program;
}

const negativeDecimals = partitionValues("decimal", (value) => String(value).startsWith("-"));
const longDoubles = partitionValues("double", (value) => {
  const size = Math.abs(Number(value));
  return Number.isFinite(size) && size !== 0 && (size > 1e150 || size < 1e-150);
});

/** What Hive calls the folder of null is a text like another one as a value. */
const hiveNull = partitionValues("string", (value) => value === "__HIVE_DEFAULT_PARTITION__");

const never: ModelPredicate = { sql: "target.k < 0", test: (row) => Number(row["k"]) < 0 };

function isAmbiguousMerge(step: Step): boolean {
  if (step.kind !== "merge" || !step.matched.some(({ where }) => where !== undefined)) return false;
  const keys = step.rows.map((row) => row["k"]).filter((k) => k !== null);
  return new Set(keys).size < keys.length;
}

/** Versions are those of requirements.txt and pom.xml. */
export const faults: readonly Fault[] = [
  {
    engine: "delta-rs",
    does: "reads",
    reason: "a negative decimal as partition value becomes `-1.-50`, which Arrow cannot read",
    touches: negativeDecimals,
    proof: partitionedBy("decimal(9,2)", "-1.50"),
  },
  {
    engine: "delta-rs",
    does: "writes",
    reason: "a negative decimal as partition value is written as `-1.-50`",
    touches: negativeDecimals,
    proof: partitionedBy("decimal(9,2)", "-1.50"),
  },
  {
    engine: "delta-rs",
    does: "writes",
    reason: "a double as partition value is spelled without exponent, so that the folder's name is longer than file systems take",
    touches: longDoubles,
    proof: partitionedBy("double", 5e-324),
  },
  {
    engine: "delta-rs",
    does: "writes",
    reason: "the text `__HIVE_DEFAULT_PARTITION__` as partition value is written as null, or null as it, when both come together",
    touches: hiveNull,
    proof: partitionedBy("string", null, "__HIVE_DEFAULT_PARTITION__"),
  },
  {
    engine: "spark",
    does: "writes",
    reason: "the text `__HIVE_DEFAULT_PARTITION__` as partition value is written as null",
    touches: hiveNull,
    proof: partitionedBy("string", "__HIVE_DEFAULT_PARTITION__"),
  },
  {
    engine: "delta-rs",
    does: "writes",
    reason: "a row that two source rows match is refused only where the clause's condition holds; Spark refuses it always",
    touches: ({ steps }) => steps.some(isAmbiguousMerge),
    proof: {
      schema: { k: "int" },
      partitionBy: [],
      properties: {},
      steps: [
        { kind: "append", rows: [{ k: 5 }] },
        { kind: "merge", rows: [{ k: 5 }, { k: 5 }], matched: [{ action: "update-all", where: never }], notMatched: [], bySource: [] },
      ],
    },
  },
];

/** Why a program is none for this engine, or `undefined`. */
export function knownFault(engine: string, does: Fault["does"], program: Program): Fault | undefined {
  return faults.find((fault) => fault.engine === engine && fault.does === does && fault.touches(program));
}

function partitionValues(type: string, test: (value: unknown) => boolean): Fault["touches"] {
  return ({ schema, partitionBy, steps }) =>
    partitionBy.some(
      (name) =>
        schema[name]?.startsWith(type) === true &&
        steps.some((step) => "rows" in step && step.rows.some((row) => row[name] !== null && test(row[name]))),
    );
}

function partitionedBy(type: string, ...values: readonly unknown[]): Program {
  const rows: readonly ModelRow[] = values.map((p) => ({ k: 1, p }));
  return { schema: { k: "int", p: type }, partitionBy: ["p"], properties: {}, steps: [{ kind: "append", rows }] };
}
