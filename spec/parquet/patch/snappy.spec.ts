import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compressSnappy, maxCompressedSize, type SearchStep } from "../../../src/parquet/patch/snappy/compress-snappy.js";
import { decompressSnappy } from "../../../src/parquet/patch/snappy/decompress-snappy.js";

function compressed(bytes: Uint8Array, step?: SearchStep): Uint8Array {
  const out = new Uint8Array(maxCompressedSize(bytes.length));
  return out.slice(0, compressSnappy(bytes, bytes.length, out, 0, step));
}

function decompressed(bytes: Uint8Array, size: number): Uint8Array | undefined {
  const out = new Uint8Array(size);
  return decompressSnappy(bytes, out, size) === size ? out : undefined;
}

/** Quicker than the matchers, which go byte by byte. */
const same = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.from(a).equals(b);

/** Bytes with patterns that repeat near and far, and stretches that do not. */
const pages = fc
  .array(
    fc.oneof(
      fc.record({ pattern: fc.uint8Array({ minLength: 1, maxLength: 12 }), times: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ pattern: fc.uint8Array({ minLength: 1, maxLength: 90 }), times: fc.constant(1) }),
      fc.record({ pattern: fc.constant(Uint8Array.of(7, 0, 0, 0, 1, 2, 3)), times: fc.integer({ min: 1, max: 1500 }) }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap(({ pattern, times }) => Array.from({ length: times }, () => [...pattern]).flat())));

describe("snappy", () => {
  test("what is compressed is decompressed again", () => {
    fc.assert(
      fc.property(pages, fc.constantFrom(1 as const, 4 as const), (bytes, step) => {
        expect(same(decompressed(compressed(bytes, step), bytes.length), bytes)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("repetition is compressed, and what has none hardly grows", () => {
    const repeated = new Uint8Array(200_000).fill(7);
    expect(compressed(repeated).length).toBeLessThan(repeated.length / 15);
    const random = Uint8Array.from({ length: 200_000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
    expect(compressed(random).length).toBeLessThanOrEqual(maxCompressedSize(random.length));
  });

  test("damaged bytes give no page of the right size, and nothing else happens", () => {
    fc.assert(
      fc.property(pages, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, flip) => {
        const damaged = compressed(bytes);
        const place = at % damaged.length;
        damaged[place] = (damaged[place] as number) ^ flip;
        const out = new Uint8Array(bytes.length);
        expect([-1, bytes.length]).toContain(decompressSnappy(damaged, out, bytes.length));
        expect(decompressSnappy(damaged.subarray(0, place), out, bytes.length)).toBe(-1);
      }),
      { numRuns: 40 },
    );
  });
});
