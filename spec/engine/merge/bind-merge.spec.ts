import { describe, expect, test } from "vitest";
import { bindMerge } from "../../../src/engine/merge/bind-merge.js";
import type { RowAction } from "../../../src/engine/rewrite/row-changes.js";
import { parseExpression } from "../../../src/expression/parse.js";
import { parseSchemaText } from "../../../src/schema/type-text.js";

function updateOf(target: string, source: string, on: string): RowAction | undefined {
  const sides = {
    target: parseSchemaText(target),
    source: parseSchemaText(source),
    aliases: { target: "t", source: "s" },
    nowMs: 0,
  };
  const { matched } = bindMerge(parseExpression(on), [{ on: "matched", action: "update-all", where: undefined }], sides);
  return matched[0]?.action;
}

/** Slots of the table that updating all columns assigns. */
function assignedBy(target: string, source: string, on: string): readonly number[] {
  const action = updateOf(target, source, on);
  return action?.kind === "update" ? action.assignments.map(({ slot }) => slot) : [];
}

describe("an update of all columns", () => {
  const columns = "a long, b string, c double, d long";

  test("leaves the columns that are equal by the condition", () => {
    expect(assignedBy(columns, columns, "t.a = s.a")).toEqual([1, 2, 3]);
    expect(assignedBy(columns, columns, "s.b <=> t.b AND t.a = s.a AND t.d > 1")).toEqual([2, 3]);
  });

  test("assigns a column that is equal to another column of the source, or to what is made of it", () => {
    expect(assignedBy(columns, columns, "t.a = s.d")).toEqual([0, 1, 2, 3]);
    expect(assignedBy(columns, columns, "t.a = s.a + 0")).toEqual([0, 1, 2, 3]);
    expect(assignedBy(columns, columns, "t.a = s.a OR t.d = 1")).toEqual([0, 1, 2, 3]);
  });

  test("assigns what can be equal and yet another value: zeros have signs, types have widths", () => {
    expect(assignedBy(columns, columns, "t.c = s.c")).toEqual([0, 1, 2, 3]);
    expect(assignedBy("a long, b string", "a int, b string", "t.a = s.a")).toEqual([0, 1]);
    expect(assignedBy("a decimal(10,2), b string", "a decimal(10,3), b string", "t.a = s.a")).toEqual([0, 1]);
  });
});
