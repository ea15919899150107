import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dataFilePath, encodePath, escapeHive } from "../../../src/delta/protocol/data-path.js";
import { decodeDataPath } from "../../../src/delta/protocol/decode-data-path.js";
import { createMemoryStore } from "../../../src/storage/memory-store.js";

const uuid = "0b4c8a3e-0000-4000-8000-000000000001";
const path = (partition: readonly (readonly [string, string | null])[]): string => dataFilePath({ partition, uuid, compression: "zstd" });
const texts = fc.string({ unit: "binary", maxLength: 20 }).filter((text) => text.isWellFormed());

describe("dataFilePath", () => {
  test("every store takes it as a key, and add.path decodes to it again", async () => {
    const store = createMemoryStore();
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            texts.filter((name) => name !== ""),
            fc.option(texts),
          ),
          { maxLength: 3 },
        ),
        async (partition) => {
          const key = path(partition);
          await store.put(key, Uint8Array.of(1));
          const encoded = encodePath(key);
          expect(encoded).toMatch(/^[\x21-\x7e]*$/);
          expect(decodeDataPath(encoded, store.url, { file: "test" })).toBe(key);
          // RFC 2396, as java.net.URI reads it: relative, with a path only.
          const url = new URL(encoded, "file:///table/");
          expect(url.search + url.hash).toBe("");
          expect(decodeURIComponent(url.pathname)).toBe(`/table/${key}`);
        },
      ),
    );
  });

  test("two partitions never share a folder", () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        fc.pre(a !== b && a !== "" && b !== "" && !path([["p", a]]).startsWith("part-") && !path([["p", b]]).startsWith("part-"));
        // The one text that Hive's null takes is Hive's own problem; values are read from the log.
        expect(path([["p", a]])).not.toBe(path([["p", b]]));
      }),
    );
  });

  test("folders are escaped as Spark escapes them", () => {
    expect(
      path([
        ["a", "1"],
        ["b", "x y"],
      ]),
    ).toBe(`a=1/b=x y/part-00000-${uuid}-c000.zstd.parquet`);
    expect(
      encodePath(
        path([
          ["a", "1"],
          ["b", "x y"],
        ]),
      ),
    ).toBe(`a=1/b=x%20y/part-00000-${uuid}-c000.zstd.parquet`);
    expect(escapeHive(`a"#%'*/:=?\\{[]^\u0001\u007f`)).toBe("a%22%23%25%27%2A%2F%3A%3D%3F%5C%7B%5B%5D%5E%01%7F");
    expect(encodePath("d=2024-01-01 00%3A00%3A00/f")).toBe("d=2024-01-01%2000%253A00%253A00/f");
  });

  test("null and the empty text are Hive's null", () => {
    expect(path([["p", null]])).toContain("p=__HIVE_DEFAULT_PARTITION__/");
    expect(path([["p", ""]])).toContain("p=__HIVE_DEFAULT_PARTITION__/");
  });

  test("no folder is hidden or too long for a file system: such files lie at the root", () => {
    for (const partition of [[["_p", "1"]], [[".p", "1"]], [["p", "é".repeat(127)]], [["p", "/".repeat(85)]]] as const) {
      expect(path(partition)).toBe(`part-00000-${uuid}-c000.zstd.parquet`);
    }
    expect(path([["p", "a".repeat(253)]])).toContain("/");
  });

  test("the name tells the codec as Spark's do", () => {
    const names = (["uncompressed", "snappy", "gzip", "lz4_raw", "brotli"] as const).map((compression) =>
      dataFilePath({ partition: [], uuid: "u", compression }),
    );
    expect(names).toEqual(["", ".snappy", ".gz", ".lz4raw", ".br"].map((suffix) => `part-00000-u-c000${suffix}.parquet`));
  });
});
