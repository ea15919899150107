import { LakeError } from "../../base/errors.js";
import { bind, bindPredicate } from "../../expression/bind.js";
import type { BoundExpression, ExpressionNode } from "../../expression/expression.js";
import { formatExpression } from "../../expression/format.js";
import { splitMergeCondition, type MergeCondition, type MergeEquality } from "../../expression/merge-condition.js";
import { referencedSlots, remapSlots } from "../../expression/references.js";
import { tableScope, type Scope } from "../../expression/scope.js";
import { isNested, typesEqual } from "../../schema/data-types.js";
import { findFieldIndex } from "../../schema/evolution.js";
import { formatPath } from "../../schema/field-names.js";
import type { StructType } from "../../schema/types.js";
import { assignTo, bindAssignments, type Assignment } from "../rewrite/assignment.js";
import type { RowAction } from "../rewrite/row-changes.js";
import { atTime } from "../rewrite/statement-time.js";
import type { Assignments, MergeClause } from "./merge-clause.js";

/** A clause ready to run. Its expressions see the table's columns first, then the source's. */
export interface BoundClause<Action> {
  readonly where: BoundExpression | undefined;
  readonly action: Action;
}

export interface InsertAction {
  readonly kind: "insert";
  readonly assignments: readonly Assignment[];
}

export interface BoundMerge {
  readonly condition: MergeCondition;
  readonly matched: readonly BoundClause<RowAction>[];
  readonly notMatched: readonly BoundClause<InsertAction>[];
  readonly notMatchedBySource: readonly BoundClause<RowAction>[];
}

export interface MergeSides {
  /** The table's columns as the merge leaves them. */
  readonly target: StructType;
  readonly source: StructType;
  readonly aliases: { readonly target: string; readonly source: string };
  /** The time of the statement. */
  readonly nowMs: number;
}

/**
 * @throws merge/invalid-condition, merge/invalid-clause, and what binding and assigning throw
 */
export function bindMerge(on: ExpressionNode, clauses: readonly MergeClause[], sides: MergeSides): BoundMerge {
  const binder = createBinder(sides);
  for (const kind of ["matched", "not-matched", "not-matched-by-source"] as const)
    assertReachable(clauses.filter((clause) => clause.on === kind));
  const bound: {
    matched: BoundClause<RowAction>[];
    notMatched: BoundClause<InsertAction>[];
    notMatchedBySource: BoundClause<RowAction>[];
  } = {
    matched: [],
    notMatched: [],
    notMatchedBySource: [],
  };
  const condition = bindCondition(on, sides);
  for (const clause of clauses) {
    const where = clause.where === undefined ? undefined : binder.predicate(clause.where, clause);
    switch (clause.on) {
      case "matched":
        bound.matched.push({ where, action: withoutKeys(rowAction(clause, binder), condition) });
        break;
      case "not-matched":
        bound.notMatched.push({ where, action: { kind: "insert", assignments: insertedValues(clause, binder) } });
        break;
      case "not-matched-by-source":
        bound.notMatchedBySource.push({ where, action: rowAction(clause, binder) });
        break;
    }
  }
  return { condition, ...bound };
}

function bindCondition(on: ExpressionNode, sides: MergeSides): MergeCondition {
  const condition = atTime(bindPredicate(on, bothSides(sides)), sides.nowMs);
  const isTarget = (slot: number): boolean => slot < sides.target.fields.length;
  const slots = [...referencedSlots(condition)];
  const missing = [...(slots.some(isTarget) ? [] : ["target"]), ...(slots.some((slot) => !isTarget(slot)) ? [] : ["source"])];
  if (missing.length > 0) {
    const text = formatExpression(on);
    const { target, source } = sides.aliases;
    throw new LakeError(
      "merge/invalid-condition",
      `The merge condition "${text}" has no column of the ${missing.join(" and none of the ")}, so it says nothing about which rows ` +
        `belong together. Compare columns of both, for example "${target}.id = ${source}.id".`,
      { on: text, missing },
    );
  }
  return withFlatKeys(splitMergeCondition(condition, isTarget));
}

/** Structs and arrays are equal or not pair by pair: the table of keys takes flat values. */
function withFlatKeys({ equalities, rest, ...sides }: MergeCondition): MergeCondition {
  const isFlat = ({ target }: MergeEquality): boolean => target.type.kind !== "void" && !isNested(target.type);
  const nested = equalities.filter((equality) => !isFlat(equality));
  const asCall = ({ target, source, nullSafe }: MergeEquality): BoundExpression => ({
    kind: "call",
    name: nullSafe ? "<=>" : "=",
    args: [target, source],
    type: { kind: "boolean" },
  });
  return { ...sides, equalities: equalities.filter(isFlat), rest: [...rest, ...nested.map(asCall)] };
}

function bothSides({ target, source, aliases }: MergeSides): Scope {
  return { columns: [...tableScope(target, aliases.target).columns, ...tableScope(source, aliases.source).columns] };
}

interface ClauseBinder {
  readonly sides: MergeSides;
  value(node: ExpressionNode, clause: MergeClause): BoundExpression;
  predicate(node: ExpressionNode, clause: MergeClause): BoundExpression;
}

/** Each kind of clause sees the rows that it is about: both sides, the source alone, the target alone. */
function createBinder(sides: MergeSides): ClauseBinder {
  const width = sides.target.fields.length;
  const both = bothSides(sides);
  const target = tableScope(sides.target, sides.aliases.target);
  const source = tableScope(sides.source, sides.aliases.source);
  const bindWith = (
    bindIn: (node: ExpressionNode, scope: Scope) => BoundExpression,
    node: ExpressionNode,
    clause: MergeClause,
  ): BoundExpression => {
    if (clause.on === "matched") return bindIn(node, both);
    try {
      return clause.on === "not-matched" ? remapSlots(bindIn(node, source), (slot) => slot + width) : bindIn(node, target);
    } catch (error) {
      if (LakeError.is(error, "expression/unknown-column") && bindsIn(both, node)) throw wrongSide(clause, sides, node, error);
      throw error;
    }
  };
  return {
    sides,
    value: (node, clause) => atTime(bindWith(bind, node, clause), sides.nowMs),
    predicate: (node, clause) => atTime(bindWith(bindPredicate, node, clause), sides.nowMs),
  };
}

function bindsIn(scope: Scope, node: ExpressionNode): boolean {
  try {
    bind(node, scope);
    return true;
  } catch (error) {
    // Only whether it binds is asked; the caller reports its own error.
    if (error instanceof LakeError) return false;
    throw error;
  }
}

function wrongSide(clause: MergeClause, { aliases }: MergeSides, node: ExpressionNode, cause: unknown): LakeError {
  const [rows, missing] =
    clause.on === "not-matched" ? ["source rows without a match", aliases.target] : ["target rows without a match", aliases.source];
  const text = formatExpression(node);
  return new LakeError(
    "merge/invalid-clause",
    `The clause is about ${rows}, so "${text}" cannot use columns of ${missing}: there is no such row.`,
    { expression: text, clause: clause.on },
    cause,
  );
}

/** As in Spark: a clause behind one that always applies would never run. */
function assertReachable(clauses: readonly MergeClause[]): void {
  const early = clauses.slice(0, -1).findIndex(({ where }) => where === undefined);
  const clause = clauses[early];
  if (clause === undefined) return;
  throw new LakeError(
    "merge/invalid-clause",
    `Clause ${early + 1} of the ${clauses.length} ${clause.on} clauses has no condition, so the ones after it would never run. ` +
      "Only the last clause of a kind may leave out where.",
    { clause: clause.on, index: early },
  );
}

function rowAction(clause: Exclude<MergeClause, { readonly on: "not-matched" }>, binder: ClauseBinder): RowAction {
  switch (clause.action) {
    case "delete":
      return { kind: "delete" };
    case "update-all":
      return { kind: "update", assignments: sameNames(clause, binder.sides) };
    case "update":
      return { kind: "update", assignments: explicit(clause.set, clause, binder) };
  }
}

/** A column that equals one of the source keeps its value when it is assigned that one: an upsert of all columns leaves its keys. */
function withoutKeys(action: RowAction, { equalities }: MergeCondition): RowAction {
  if (action.kind === "delete") return action;
  return { ...action, assignments: action.assignments.filter((each) => !equalities.some((equality) => isSameValue(each, equality))) };
}

function isSameValue({ slot, path, type, value }: Assignment, { target, source }: MergeEquality): boolean {
  // Zeros of both signs are equal, and yet not the same.
  if (path.length > 0 || type.kind === "float" || type.kind === "double") return false;
  if (target.kind !== "reference" || source.kind !== "reference" || value.kind !== "reference") return false;
  const isTarget = target.slot === slot && target.path.length === 1 && typesEqual(target.type, type);
  const isSource = source.slot === value.slot && formatPath(source.path) === formatPath(value.path);
  return isTarget && isSource && typesEqual(source.type, type);
}

function insertedValues(clause: Extract<MergeClause, { readonly on: "not-matched" }>, binder: ClauseBinder): readonly Assignment[] {
  return clause.action === "insert-all" ? sameNames(clause, binder.sides) : explicit(clause.values, clause, binder);
}

function explicit(set: Assignments, clause: MergeClause, binder: ClauseBinder): readonly Assignment[] {
  return bindAssignments(set, {
    schema: binder.sides.target,
    bindValue: (node) => binder.value(node, clause),
    conflictCode: "merge/invalid-clause",
  });
}

/** Every column that both sides have. */
function sameNames(clause: MergeClause, { target, source }: MergeSides): readonly Assignment[] {
  const assignments = source.fields.flatMap((from, index) => {
    const slot = findFieldIndex(target, from.name);
    const column = target.fields[slot];
    if (column === undefined) return [];
    const value: BoundExpression = {
      kind: "reference",
      slot: target.fields.length + index,
      path: [from.name],
      type: from.type,
      nullable: from.nullable,
    };
    return [assignTo({ slot, path: [], type: column.type }, value, target)];
  });
  if (assignments.length > 0) return assignments;
  const [sourceColumns, targetColumns] = [source, target].map(({ fields }) => fields.map(({ name }) => name).join(", "));
  throw new LakeError(
    "merge/invalid-clause",
    `${clause.action} takes columns by name, and the source (${sourceColumns}) and the table (${targetColumns}) have none in ` +
      "common. Name the columns alike, or assign them one by one.",
    { clause: clause.on },
  );
}
