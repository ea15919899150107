import { describe, expect, test } from "vitest";
import type { Program } from "../model/program.js";
import { difference, typedRows } from "./cells.js";
import { columnType } from "./column-type.js";
import { missingPeers } from "./environment.js";
import { freshFolder } from "./fresh-folder.js";
import { peers } from "./peers.js";
import { expectRead, trace } from "./trace.js";

describe("the comparison", () => {
  const one = (type: string, value: unknown) => typedRows({ v: type }, [{ v: value }]);

  test("tells what is easily taken for the same", () => {
    const pairs: readonly (readonly [type: string, a: unknown, b: unknown])[] = [
      ["double", 0, -0],
      ["double", NaN, null],
      ["float", Infinity, -Infinity],
      ["long", 2n ** 53n, 2n ** 53n + 1n],
      ["decimal(38,10)", "1.0000000000", "1.0000000001"],
      ["timestamp", "0001-01-01T00:00:00.000001Z", "0001-01-01T00:00:00.000000Z"],
      ["string", "", null],
      ["array<long>", [null], []],
      ["map<string,date>", new Map([["a", null]]), new Map()],
    ];
    for (const [type, a, b] of pairs) {
      expect(difference(one(type, a), one(type, a)), type).toEqual([]);
      expect(difference(one(type, a), one(type, b)), type).toHaveLength(2);
    }
  });

  test("counts rows, and minds types but not the order of rows and of a map's entries", () => {
    const [a, b] = [new Map([["x", null], ["y", null]]), new Map([["y", null], ["x", null]])]; // prettier-ignore
    expect(difference(one("map<string,date>", a), one("map<string,date>", b))).toEqual([]);
    expect(difference(typedRows({ v: "int" }, [{ v: 1 }, { v: 2 }]), typedRows({ v: "int" }, [{ v: 2 }, { v: 1 }]))).toEqual([]);
    expect(difference(typedRows({ v: "int" }, [{ v: 1 }, { v: 1 }]), one("int", 1))).toEqual(['unexpected ×1: ["1"]']);
    expect(difference(one("int", 1), one("long", 1n))).toHaveLength(1);
  });

  test("reads nested types", () => {
    expect(columnType("struct<a:int,b:map<string,array<decimal(9,2)>>>")).toMatchObject({
      fields: [
        { name: "a", type: "integer" },
        { name: "b", type: { type: "map", keyType: "string", valueType: { type: "array", elementType: "decimal(9,2)" } } },
      ],
    });
  });
});

describe("the peers", () => {
  const program: Program = {
    schema: { k: "int", s: "string" },
    partitionBy: [],
    properties: {},
    steps: [{ kind: "append", rows: [{ k: 1, s: "a" }] }, { kind: "delete" }],
  };
  for (const peer of [peers.deltars, peers.spark]) {
    test.skipIf(missingPeers(peer.name as "spark" | "delta-rs"))(`${peer.name}: a row too many is noticed`, async () => {
      const made = await trace(program, freshFolder(), [peers.ours]);
      await expectRead(peer, made);
      const wrong = { ...made, versions: new Map([...made.versions, [2, [{ k: 1, s: "a" }]]]) };
      await expect(expectRead(peer, wrong)).rejects.toThrow('missing ×1: ["1","a"]');
    });
  }
});
