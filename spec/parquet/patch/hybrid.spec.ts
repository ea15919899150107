import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeHybrid, encodeHybrid, hybridSizeMax } from "../../../src/parquet/patch/hybrid.js";

const runs = fc.integer({ min: 1, max: 24 }).chain((bits) =>
  fc.record({
    bits: fc.constant(bits),
    values: fc
      .array(fc.record({ value: fc.integer({ min: 0, max: 2 ** bits - 1 }), times: fc.integer({ min: 1, max: 30 }) }), { maxLength: 40 })
      .map((list) => Int32Array.from(list.flatMap(({ value, times }) => Array.from({ length: times }, () => value)))),
  }),
);

describe("the hybrid of runs and packed bits", () => {
  test("what is encoded is decoded again", () => {
    fc.assert(
      fc.property(runs, ({ bits, values }) => {
        const out = new Uint8Array(hybridSizeMax(values.length, bits));
        const end = encodeHybrid(values, bits, out, 0);
        expect(end).toBeLessThanOrEqual(out.length);
        const decoded = new Int32Array(values.length);
        expect(decodeHybrid(out, 0, end, bits, decoded)).toBe(true);
        expect(decoded).toEqual(values);
      }),
    );
  });

  test("the format's own example of packed bits", () => {
    // Encodings.md: the numbers 0 to 7 in three bits each.
    const decoded = new Int32Array(8);
    expect(decodeHybrid(Uint8Array.of(3, 0b10001000, 0b11000110, 0b11111010), 0, 4, 3, decoded)).toBe(true);
    expect([...decoded]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("bytes that end early are told as such", () => {
    fc.assert(
      fc.property(runs, fc.nat(), ({ bits, values }, cut) => {
        fc.pre(values.length > 0);
        const out = new Uint8Array(hybridSizeMax(values.length, bits));
        const end = encodeHybrid(values, bits, out, 0);
        // The last group may be cut short by the zeros that fill it up.
        expect(decodeHybrid(out, 0, Math.min(cut % end, end - bits - 1), bits, new Int32Array(values.length))).toBe(false);
      }),
    );
  });
});
