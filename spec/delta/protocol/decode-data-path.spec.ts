import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeDataPath } from "../../../src/delta/protocol/decode-data-path.js";

const place = { file: "_delta_log/00000000000000000000.json" };
const root = "file:///data/my%20table";
const decode = (path: string): string => decodeDataPath(path, root, place);
const refused = (code: string): unknown => expect.objectContaining({ code });

describe("a path of the log", () => {
  it("is percent-decoded once", () => {
    expect(decode("a%20b/c%25d%2Be+f.parquet")).toBe("a b/c%d+e+f.parquet");
    expect(decode("p=__HIVE_DEFAULT_PARTITION__/x.parquet")).toBe("p=__HIVE_DEFAULT_PARTITION__/x.parquet");
    expect(decode("d=2021-01-01%2000%253A00/x")).toBe("d=2021-01-01 00%3A00/x");
  });

  it("reads back every key that was encoded as a URI", () => {
    const segment = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !text.includes("/") && text !== "." && text !== "..");
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        expect(decode(segments.map(encodeURIComponent).join("/"))).toBe(segments.join("/"));
      }),
    );
  });

  it.each(["file:///data/my%20table/x%20y.parquet", "file:/data/my%20table/x%20y.parquet", "/data/my%20table/x%20y.parquet"])(
    "that is absolute but below the table is its key: %s",
    (path) => {
      expect(decode(path)).toBe("x y.parquet");
    },
  );

  it.each([
    ["file:///data/other/x%20y.parquet", "/data/other/x y.parquet"],
    ["/data/my%20table2/x.parquet", "/data/my table2/x.parquet"],
    ["s3a://bucket/a/../x%25.parquet", "s3://bucket/x%.parquet"],
    ["../x.parquet", "/data/x.parquet"],
    ["a/%2e%2e/%2e%2e/x", "/data/x"],
    ["/data/my%20table/../x", "/data/x"],
    ["memory://m/x", "memory://m/x"],
    ["abfss://c@a.dfs.core.windows.net/t/x", "abfss://c@a.dfs.core.windows.net/t/x"],
  ])("that leaves the table is absolute: %s", (path, absolute) => {
    expect(decode(path)).toBe(absolute);
  });

  it("that leaves the table and comes back is its key", () => {
    expect(decode("../my%20table/x")).toBe("x");
    expect(decode("a/./..//b")).toBe("b");
  });

  it("is not decoded twice where the table's own URL is not encoded", () => {
    expect(decodeDataPath("s3://b/a%2520b/x", "s3://b/a%20b", place)).toBe("x");
  });

  it.each(["a%.parquet", "a%zz", "%ff", "", ".", "../../../../x", "s3://bucket/../x"])(
    "that is no URI or names no file is refused: %s",
    (path) => {
      expect(() => decode(path)).toThrow(refused("delta/corrupt-log"));
    },
  );
});
