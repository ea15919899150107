import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { createStoreResolver } from "../../src/storage/resolver.js";

const { resolve: resolveStore } = createStoreResolver();
const urlOf = (location: string): string => resolveStore(location).url;

describe("the store resolver", () => {
  test.each([
    ["/data/users", "file:///data/users"],
    ["/data/users/", "file:///data/users"],
    ["/data/./x/../users", "file:///data/users"],
    ["/data/my users #1?/50%", "file:///data/my%20users%20%231%3F/50%25"],
    ["/data/größe", "file:///data/gr%C3%B6%C3%9Fe"],
    ["file:///data/users", "file:///data/users"],
    ["file:///data/users/", "file:///data/users"],
    ["FILE:///data/users", "file:///data/users"],
    ["file:/data/users", "file:///data/users"],
    ["file://localhost/data/users", "file:///data/users"],
    ["file:///data/my%20users%20%231%3F/50%25", "file:///data/my%20users%20%231%3F/50%25"],
    ["memory://users", "memory://users"],
    ["memory://a/b/", "memory://a/b"],
  ])("%s is the store %s", (location, url) => {
    expect(urlOf(location)).toBe(url);
  });

  test.each(["data/users", "./data/users", ".", "~/users", "a:b/c", "C:\\data\\users", "C:/data/users", "day=1/x:y"])(
    "%s is a path",
    (location) => {
      expect(urlOf(location)).toBe(pathToFileURL(resolve(location)).href);
    },
  );

  test("a path and its file:// URL are one table", async () => {
    expect(urlOf(pathToFileURL(join("/data", "50% of #1")).href)).toBe(urlOf("/data/50% of #1"));
  });

  test("a memory name is one store for every resolver of the process", async () => {
    const store = resolveStore("memory://resolver-spec");
    await store.put("object", new Uint8Array(3));
    const other = createStoreResolver().resolve("memory://resolver-spec/");
    expect(await other.head("object")).toMatchObject({ size: 3 });
    expect(await resolveStore("memory://resolver-spec-2").head("object")).toBeUndefined();
  });

  test.each([
    ["s3://lake/users", "s3://lake/users"],
    ["s3a://lake/users/", "s3://lake/users"],
    ["S3://lake", "s3://lake"],
    ["s3://lake/a b/50%/#1?x+y=größe/", "s3://lake/a b/50%/#1?x+y=größe"],
    ["s3://my.bucket-1/x", "s3://my.bucket-1/x"],
  ])("%s is the store %s, and nothing in it is decoded", (location, url) => {
    expect(urlOf(location)).toBe(url);
  });

  test.each(["s3:/lake", "s3://", "s3:///users", "s3://b/x", "s3://lake//users", "s3://lake/../other", "s3://key:secret@lake/users"])(
    "%s is no place on S3",
    (location) => {
      expect(() => resolveStore(location)).toThrow(expect.objectContaining({ code: "storage/invalid-path" }));
    },
  );

  test.each(["hdfs://host/x", "gs://bucket/x", "abfss://c@a.dfs.core.windows.net/x", "https://example.com/x", "dbfs:/x", "s4://x"])(
    "the scheme of %s is unknown, and the known ones are listed",
    (location) => {
      expect(() => resolveStore(location)).toThrow(
        expect.objectContaining({
          code: "storage/unknown-scheme",
          message: expect.stringMatching(/path, file:\/\/, s3:\/\/bucket\/path and memory:\/\//),
          context: expect.objectContaining({ location }),
        }),
      );
    },
  );

  test.each([
    "",
    "a\0b",
    "file://host/share",
    "file:///a%2Fb",
    "file:///a%zz",
    "file:///a#b",
    "file:///a?b",
    "memory://",
    "memory:///",
    "memory:/x",
  ])("%j is no location", (location) => {
    expect(() => resolveStore(location)).toThrow(expect.objectContaining({ code: "storage/invalid-path" }));
  });

  test("what is no text is refused by name", () => {
    expect(() => resolveStore(undefined as unknown as string)).toThrow(expect.objectContaining({ code: "storage/invalid-path" }));
  });
});
