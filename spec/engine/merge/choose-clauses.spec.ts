import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseClauses } from "../../../src/engine/merge/choose-clauses.js";
import { collectMatches, pairsOf } from "../../../src/engine/merge/target-matches.js";

test("each row takes the first clause whose condition is true, and no decided row is asked again", () => {
  const clause = fc.oneof(fc.constant(undefined), fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }));
  const property = fc.property(fc.nat(20), fc.array(clause, { maxLength: 4 }), (count, clauses) => {
    const asked: number[] = [];
    const chosen = chooseClauses(
      count,
      clauses.map((rows) => ({ always: rows === undefined })),
      (index, rows) => {
        for (const row of rows) {
          expect(clauses.slice(0, index).every((earlier) => earlier !== undefined && !earlier[row])).toBe(true);
          asked.push(row);
        }
        return rows.filter((row) => clauses[index]?.[row] === true);
      },
    );
    expect([...chosen]).toEqual(
      Array.from({ length: count }, (_, row) => clauses.findIndex((rows) => rows === undefined || rows[row] === true)),
    );
  });
  fc.assert(property);
});

const portions = fc.array(fc.array(fc.tuple(fc.nat(9), fc.nat(99)), { maxLength: 6 }), { maxLength: 4 });

test("a second source row for a target row is named where it matters", () => {
  const property = fc.property(portions, (lists) => {
    const matches = collectMatches(10, "refuse");
    const seen = new Map<number, number>();
    for (const list of lists) {
      const repeat = list.find(([target], index) => seen.has(target) || list.slice(0, index).some(([earlier]) => earlier === target));
      const added = matches.add(
        pairsOf(
          Int32Array.from(list, ([target]) => target),
          Int32Array.from(list, ([, source]) => source),
        ),
      );
      if (repeat === undefined) {
        expect(added).toMatchObject({ kind: "pairs", targetRows: Int32Array.from(list, ([target]) => target) });
        for (const [target, source] of list) seen.set(target, source);
        continue;
      }
      const first = seen.get(repeat[0]) ?? list.find(([target]) => target === repeat[0])?.[1];
      expect(added).toEqual({ kind: "repeat", targetRow: repeat[0], sourceRows: [first, repeat[1]] });
      return;
    }
    expect([...matches.isMatched]).toEqual(Array.from({ length: 10 }, (_, row) => Number(seen.has(row))));
  });
  fc.assert(property, { numRuns: 300 });
});

test("where repeats do not matter each target row is given once", () => {
  const property = fc.property(portions, (lists) => {
    const matches = collectMatches(10, "ignore");
    const given = lists.flatMap((list) => {
      const added = matches.add(
        pairsOf(
          Int32Array.from(list, ([target]) => target),
          Int32Array.from(list, ([, source]) => source),
        ),
      );
      return added.kind === "pairs" ? [...added.targetRows].map((row, i) => [row, added.sourceRows[i]]) : [];
    });
    const firsts = new Map<number, number>();
    for (const [target, source] of lists.flat()) if (!firsts.has(target)) firsts.set(target, source);
    expect(given).toEqual([...firsts]);
  });
  fc.assert(property, { numRuns: 300 });
});
