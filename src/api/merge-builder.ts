import { LakeError } from "../base/errors.js";
import type { MergeClause } from "../engine/merge.js";
import { col, Expression, toNode } from "../expression/build.js";
import type { ExpressionNode } from "../expression/expression.js";
import type { BatchInput } from "../schema/batch-input.js";
import { appTransaction } from "./app-transaction.js";
import { assignmentNodes } from "./assignments.js";
import { checkOptions, type Assignment, type NumberedWriteOptions, type Predicate } from "./options.js";
import { chosenRows } from "./predicate.js";
import type { WriteResult } from "./results.js";
import type { RunVerb } from "./run-verb.js";

export interface MergeOptions<B = BatchInput<object>> extends NumberedWriteOptions {
  /**
   * The rows to merge in: whatever `append` takes; columns may be missing, and there may be others, for conditions. They are read once and
   * held in memory with a table of their keys; together they may take half of `memoryLimit`, or the merge is refused
   * (`memory/budget-exceeded`) as soon as they do not fit.
   */
  readonly source: B;
  /** When a target row and a source row belong together: a condition, or the names of columns that are equal. */
  readonly on: Predicate | readonly string[];
  /** Aliases of target and source in expressions. Default: `["target", "source"]`. */
  readonly as?: readonly [target: string, source: string] | undefined;
}

export interface ClauseOptions {
  /** The clause applies only where this is true. */
  readonly where?: Predicate;
}

/**
 * A merge being put together: clauses of one kind are tried in the order they were added, the first that applies wins.
 * Every method returns a new builder, so that a prefix can be shared. Nothing happens before `execute()`.
 */
export class MergeBuilder {
  readonly #options: MergeOptions;
  readonly #run: RunVerb;
  readonly #clauses: readonly MergeClause[];
  readonly #schemaEvolution: boolean;

  /** @internal */
  constructor(options: MergeOptions, run: RunVerb, clauses: readonly MergeClause[] = [], schemaEvolution = false) {
    checkOptions("merge", options ?? null, ["source", "on", "as", "txn", "userMetadata", "signal", "onProgress"]);
    this.#options = options;
    this.#run = run;
    this.#clauses = clauses;
    this.#schemaEvolution = schemaEvolution;
  }

  /** Matched rows take every column that the source has. */
  whenMatchedUpdateAll(options: ClauseOptions = {}): MergeBuilder {
    return this.#with("whenMatchedUpdateAll", { on: "matched", action: "update-all" }, options);
  }
  whenMatchedUpdate(options: ClauseOptions & { readonly set: Readonly<Record<string, Assignment>> }): MergeBuilder {
    const set = assignmentNodes("whenMatchedUpdate", "set", options.set);
    return this.#with("whenMatchedUpdate", { on: "matched", action: "update", set }, options, ["set"]);
  }
  whenMatchedDelete(options: ClauseOptions = {}): MergeBuilder {
    return this.#with("whenMatchedDelete", { on: "matched", action: "delete" }, options);
  }
  /** Source rows without a match are inserted with every column that the source has; the others are null. */
  whenNotMatchedInsertAll(options: ClauseOptions = {}): MergeBuilder {
    return this.#with("whenNotMatchedInsertAll", { on: "not-matched", action: "insert-all" }, options);
  }
  whenNotMatchedInsert(options: ClauseOptions & { readonly values: Readonly<Record<string, Assignment>> }): MergeBuilder {
    const values = assignmentNodes("whenNotMatchedInsert", "values", options.values);
    return this.#with("whenNotMatchedInsert", { on: "not-matched", action: "insert", values }, options, ["values"]);
  }
  whenNotMatchedBySourceUpdate(options: ClauseOptions & { readonly set: Readonly<Record<string, Assignment>> }): MergeBuilder {
    const set = assignmentNodes("whenNotMatchedBySourceUpdate", "set", options.set);
    return this.#with("whenNotMatchedBySourceUpdate", { on: "not-matched-by-source", action: "update", set }, options, ["set"]);
  }
  whenNotMatchedBySourceDelete(options: ClauseOptions = {}): MergeBuilder {
    return this.#with("whenNotMatchedBySourceDelete", { on: "not-matched-by-source", action: "delete" }, options);
  }

  /** Columns that the source has and the table lacks are added. */
  withSchemaEvolution(): MergeBuilder {
    return new MergeBuilder(this.#options, this.#run, this.#clauses, true);
  }

  /**
   * Runs the merge as one commit.
   *
   * @throws merge/multiple-matches  a target row is matched by two source rows
   * @throws merge/invalid-condition, merge/invalid-clause
   */
  async execute(): Promise<WriteResult> {
    if (this.#clauses.length === 0) {
      throw new LakeError(
        "merge/invalid-clause",
        "The merge has no clause, so it would do nothing. Add one, for example .whenMatchedUpdateAll().",
      );
    }
    const { source, as: aliases = ["target", "source"] } = this.#options;
    const [target, sourceAlias] = aliases;
    if (target === undefined || sourceAlias === undefined || target.toLowerCase() === sourceAlias.toLowerCase()) {
      throw new LakeError("usage/invalid-option", 'The option as of merge takes two different aliases, for example ["t", "s"].', {
        as: aliases,
      });
    }
    const on = conditionNode(this.#options.on, target, sourceAlias);
    const transaction = appTransaction("merge", this.#options.txn);
    return this.#run("merge", this.#options, ({ engine, context, table, verb }) =>
      engine.mergeRows(context, table, {
        ...verb,
        source: engine.toBatches(source, { schema: table.snapshot.schema, allowUnknown: true, partial: true, signal: verb.signal }),
        on,
        aliases: { target, source: sourceAlias },
        clauses: this.#clauses,
        schemaEvolution: this.#schemaEvolution,
        transaction,
      }),
    );
  }

  #with(call: string, clause: MergeClause, options: ClauseOptions, known: readonly string[] = []): MergeBuilder {
    checkOptions(call, options, ["where", ...known]);
    const where = chosenRows(call, options);
    return new MergeBuilder(this.#options, this.#run, [...this.#clauses, { ...clause, where }], this.#schemaEvolution);
  }
}

function conditionNode(on: Predicate | readonly string[], target: string, source: string): ExpressionNode {
  if (!Array.isArray(on)) {
    if (typeof on !== "string" && !(on instanceof Expression)) throw missingCondition();
    return toNode(on);
  }
  const equalities = on.map((name: string) => columnOf(target, name).eq(columnOf(source, name)));
  const first = equalities[0];
  if (first === undefined) throw missingCondition();
  return equalities.slice(1).reduce((condition, equality) => condition.and(equality), first).node;
}

/** Column names are names, not paths: a dot in one is part of it. */
function columnOf(alias: string, name: string): Expression {
  return col(`${quoted(alias)}.${quoted(name)}`);
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

function missingCondition(): LakeError {
  return new LakeError(
    "merge/invalid-condition",
    'merge needs on: a condition such as "target.id = source.id", or the names of the key columns such as ["id"].',
  );
}
