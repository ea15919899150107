import fc from "fast-check";
import { expect, test } from "vitest";
import { joinBytes } from "../../src/base/join-bytes.js";

test("the parts follow one another in a buffer that nobody else has", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (parts) => {
      const joined = joinBytes(parts);
      expect([...joined]).toEqual(parts.flatMap((part) => [...part]));
      expect(joined.buffer.byteLength).toBe(joined.length);
      expect(parts.every(({ buffer }) => buffer !== joined.buffer)).toBe(true);
    }),
  );
});
