import { describe, expect, test } from "vitest";
import { createFileLocator } from "../../src/storage/file-locator.js";
import { createStoreResolver } from "../../src/storage/resolver.js";

const { resolve } = createStoreResolver({ s3: { region: "us-east-1" } });
const located = (table: string, path: string, allowed: readonly string[] = []): string => {
  const { store, key } = createFileLocator(resolve(table), { resolve, allowed }).locate(path);
  return `${store.url} ${key}`;
};

describe("files that a table names", () => {
  test.each([
    ["/data/t", "p=1/x y.parquet", "file:///data/t p=1/x y.parquet"],
    ["/data/t", "/data/t/p=1/x.parquet", "file:///data/t p=1/x.parquet"],
    ["/data/t", "file:/data/other/a b.parquet", "file:///data/other a b.parquet"],
    ["/data/t", "/data/x.parquet", "file:///data x.parquet"],
    ["/data/t", "/data/t/../o/%/x", "file:///data/o/%25 x"],
    ["/t", "/other/x", "file:///other x"],
    ["s3://bucket/a/t", "s3a://bucket/b%/x.parquet", "s3://bucket b%/x.parquet"],
    ["s3://bucket/a/t", "s3://bucket/a/t/x.parquet", "s3://bucket/a/t x.parquet"],
    ["s3://bucket", "s3://bucket/a/x", "s3://bucket a/x"],
  ])("of the table %s, %s is found", (table, path, expected) => {
    expect(located(table, path)).toBe(expected);
  });

  test.each([
    ["/data/t", "/etc/passwd"],
    ["/data/t", "/database/x"],
    ["/data/t", "/data/../etc/x"],
    ["/data/t", "s3://bucket/x"],
    ["/data/t", "abfss://c@a/x"],
    ["s3://bucket/t", "s3://bucket2/x"],
    ["s3://bucket/t", "s3://bucket/../other/x"],
    ["s3://bucket/t", "/data/x"],
    ["memory://t", "memory://u/x"],
  ])("of the table %s, %s is not read unasked", (table, path) => {
    expect(() => located(table, path)).toThrow(expect.objectContaining({ code: "storage/location-not-allowed" }));
  });

  test("elsewhere are read where that is allowed, and nowhere else", () => {
    expect(located("/data/t", "/mnt/a/b/x.parquet", ["/mnt/a"])).toBe("file:///mnt/a/b x.parquet");
    expect(located("/data/t", "s3a://bkt/k/x", ["s3://bkt/k"])).toBe("s3://bkt k/x");
    expect(located("/data/t", "/anywhere/x", ["/"])).toBe("file:///anywhere x");
    expect(() => located("/data/t", "/mnt/ab/x.parquet", ["/mnt/a"])).toThrow(/allowedLocations: \["\/mnt\/ab"\]/);
    expect(() => located("/data/t", "/mnt/a/../b/x.parquet", ["/mnt/a"])).toThrow(/may not read/);
  });

  test("have one store for each folder, and one for each bucket", () => {
    const locator = createFileLocator(resolve("/data/t"), { resolve, allowed: ["s3://bkt"] });
    expect(locator.locate("/data/o/x").store).toBe(locator.locate("/data/o/y").store);
    expect(locator.locate("s3://bkt/o/x").store).toBe(locator.locate("s3://bkt/p/y").store);
  });
});
