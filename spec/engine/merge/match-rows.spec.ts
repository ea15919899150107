import { expect, test } from "vitest";
import { int32Column } from "../../../src/columnar/build.js";
import { bindMerge } from "../../../src/engine/merge/bind-merge.js";
import { createMatcher } from "../../../src/engine/merge/match-rows.js";
import { collectSource, type SourceRows } from "../../../src/engine/merge/source-rows.js";
import { assignedColumns } from "../../../src/engine/rewrite/assigned-columns.js";
import { parseExpression } from "../../../src/expression/parse.js";
import { parseSchemaText } from "../../../src/schema/type-text.js";
import { cellsOf, columnOf } from "../../columnar/arbitrary-column.js";
import { batchesOf } from "./table-fixture.js";

const target = parseSchemaText("k int");

async function sourceOf(...parts: Parameters<typeof batchesOf>[]): Promise<SourceRows> {
  async function* all(): ReturnType<typeof batchesOf> {
    for (const part of parts) yield* batchesOf(...part);
  }
  return collectSource(all(), { fallback: target, limitBytes: 1 << 30 });
}

function matched(source: SourceRows, on: string, keys: Int32Array): readonly (readonly [number, number])[] {
  const sides = { target, source: source.schema, aliases: { target: "target", source: "source" }, nowMs: 0 };
  const { condition } = bindMerge(parseExpression(on), [{ on: "matched", action: "delete" }], sides);
  const column = int32Column(keys);
  return [...createMatcher(condition, source, 1).match({ length: keys.length, column: () => column })].flatMap(
    ({ targetRows, sourceRows }) => [...targetRows].map((row, i) => [row, sourceRows[i] as number] as const),
  );
}

test("every row of a long batch is matched, by hash and without", { timeout: 30_000 }, async () => {
  const source = await sourceOf(["k int, v int", [5, 1000, 299_999].map((k) => ({ k, v: k }))]);
  const keys = Int32Array.from({ length: 300_000 }, (_, row) => row);
  const expected = [
    [5, 0],
    [1000, 1],
    [299_999, 2],
  ];
  expect(matched(source, "target.k = source.k", keys)).toEqual(expected);
  expect(matched(source, "target.k - source.k between 0 and 0", keys)).toEqual(expected);
  expect(matched(source, "target.k = source.k and source.v > 5", keys)).toEqual(expected.slice(1));
});

test("batches with other columns become one source, by name", async () => {
  const source = await sourceOf(
    ["k int, a string", [{ k: 1, a: "x" }]],
    ["A string, k long, b int", [{ A: "y", k: 2n, b: 7 }]],
    ["k int", [{ k: 3 }]],
  );
  expect(source.schema.fields.map(({ name, type }) => `${name} ${type.kind}`)).toEqual(["k int", "a string", "b int"]);
  expect(source.chunks).toHaveLength(3);
  const column = source.gather(Int32Array.of(2, 0, 1, -1, 1));
  expect([0, 1, 2].map((slot) => cellsOf(column(slot)))).toEqual([
    [3, 1, 2, null, 2],
    [null, "x", "y", null, "y"],
    [null, null, 7, null, 7],
  ]);
  expect(matched(source, "target.k = source.k", Int32Array.of(3, 9, 2))).toEqual([
    [0, 2],
    [2, 1],
  ]);
});

test("what lies hidden below a null struct does not come to light when one of its fields is assigned", () => {
  const schema = parseSchemaText("s struct<x:int,y:string>");
  const type = schema.fields[0]?.type ?? { kind: "void" };
  // The builder hides a copy of another row's fields below the null.
  const column = columnOf(type, [[1, "seen"], null], [1, 1]);
  const assignments = [
    { slot: 0, path: ["x"], type: { kind: "int" }, value: { kind: "literal", value: 7, type: { kind: "int" } } },
  ] as const;
  const assigned = assignedColumns(assignments, schema, { input: { length: 2, column: () => column }, current: () => column });
  expect(assigned.size).toBe(1);
  expect([...assigned.values()].map(cellsOf)).toEqual([
    [
      [7, "seen"],
      [7, null],
    ],
  ]);
});
