import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32, portableCrc32 } from "../../src/parquet/crc32.js";

describe("CRC-32", () => {
  test.each([
    ["", 0],
    ["a", 0xe8b7be43],
    ["123456789", 0xcbf43926],
    ["The quick brown fox jumps over the lazy dog", 0x414fa339],
  ])("of %j is the published one", (text, crc) => {
    expect([crc32(Buffer.from(text)), portableCrc32(Buffer.from(text))]).toEqual([crc, crc]);
  });

  test("by tables is the same as by definition, wherever the bytes lie", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), (bytes, start) => {
        const part = bytes.subarray(start);
        expect([crc32(part), portableCrc32(part)]).toEqual([byDefinition(part), byDefinition(part)]);
      }),
    );
  });
});

/** The remainder of a long division over GF(2), bit by bit. */
function byDefinition(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const out = (crc ^ (byte >> bit)) & 1;
      crc = (crc >>> 1) ^ (out === 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}
