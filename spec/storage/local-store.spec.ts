import { lstat, mkdir, mkdtemp, readdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalStore } from "../../src/storage/local-store.js";
import type { ListOptions, ObjectStore } from "../../src/storage/object-store.js";
import { storeContract } from "../contracts/store-contract.js";

async function freshFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "laketable store +%20#é-"));
}

/** No temporary file may be left behind by anything but a crash. */
async function expectClean(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  expect(names.filter((name) => basename(name).startsWith(".laketable-"))).toEqual([]);
}

storeContract("the local store", async () => {
  const folder = await freshFolder();
  return {
    store: createLocalStore(join(folder, "not", "there", "yet")),
    cleanup: async () => {
      await expectClean(folder);
      await rm(folder, { recursive: true });
    },
  };
});

describe("the local store", () => {
  let folder: string;
  let store: ObjectStore;
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const keysOf = async (of: ObjectStore, options?: ListOptions): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of of.list(options)) keys.push(key);
    return keys;
  };

  beforeEach(async () => {
    folder = await freshFolder();
    store = createLocalStore(folder);
  });
  afterEach(async () => {
    await expectClean(folder);
    await rm(folder, { recursive: true, force: true });
  });

  test("its URL is the absolute folder, escaped, without a slash at the end", () => {
    expect(store.url).toBe(pathToFileURL(folder).href);
    expect(createLocalStore(`${folder}/`).url).toBe(store.url);
    expect(createLocalStore(relative(process.cwd(), folder)).url).toBe(store.url);
    expect(createLocalStore("/").url).toBe("file:///");
  });

  test("keys are file names as they are", async () => {
    await store.put("day=2026-01-01%20/a b#?.json", text("x"));
    expect(await readdir(join(folder, "day=2026-01-01%20"))).toEqual(["a b#?.json"]);
  });

  test("a root that is the root of the file system works", async () => {
    const root = createLocalStore("/");
    const key = join(folder, "object").slice(1);
    await root.put(key, text("x"));
    expect(await keysOf(root, { prefix: `${key.slice(0, -3)}` })).toEqual([key]);
  });

  test("a root behind a symbolic link is the same table", async () => {
    await mkdir(join(folder, "real"));
    await symlink(join(folder, "real"), join(folder, "link"));
    const linked = createLocalStore(join(folder, "link"));
    expect(await linked.putIfAbsent("a/b", text("x"))).toBe("created");
    expect(await createLocalStore(join(folder, "real")).putIfAbsent("a/b", text("y"))).toBe("exists");
    expect(await keysOf(linked)).toEqual(["a/b"]);
  });

  test("links to files and folders are followed, links to nowhere are no objects", async () => {
    await store.put("real/object", text("x"));
    await symlink(join(folder, "real"), join(folder, "a"));
    await symlink(join(folder, "real", "object"), join(folder, "b"));
    await symlink(join(folder, "nowhere"), join(folder, "c"));
    await symlink(join(folder, "d"), join(folder, "d"));
    expect(await keysOf(store)).toEqual(["a/object", "b", "real/object"]);
    expect(await store.head("b")).toMatchObject({ size: 1 });
  });

  test.each([
    ["into the folder it lies in", [["x/loop", "x"]]],
    ["into the root", [["x/loop", "."]]],
    [
      "into each other",
      [
        ["x/loop", "y"],
        ["y/loop", "x"],
      ],
    ],
  ])("links that lead %s are refused by name", async (_, links) => {
    for (const [from = "", to = ""] of links) {
      await mkdir(join(folder, from, ".."), { recursive: true });
      await mkdir(join(folder, to), { recursive: true });
      await symlink(join(folder, to), join(folder, from));
    }
    await expect(keysOf(store)).rejects.toMatchObject({ code: "storage/invalid-path", message: expect.stringContaining("loop") });
  });

  test("files being written by anybody are not listed, and their names are no keys", async () => {
    const temporary = ".laketable-6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b.tmp";
    await store.put("object", text("x"));
    await mkdir(join(folder, "sub"));
    for (const path of [temporary, join("sub", temporary)]) await writeFile(join(folder, path), "half");
    expect(await keysOf(store)).toEqual(["object"]);
    expect(await keysOf(store, { prefix: ".l" })).toEqual([]);
    for (const key of [temporary, `sub/${temporary}`]) {
      await expect(store.get(key)).rejects.toMatchObject({ code: "storage/invalid-path" });
      await rm(join(folder, key));
    }
  });

  test("a file being written lies hidden beside its destination", async () => {
    const writer = await store.openWriter("day=1/part.parquet");
    await writer.write(text("x"));
    expect(await readdir(join(folder, "day=1"))).toEqual([expect.stringMatching(/^\.laketable-[-0-9a-f]{36}\.tmp$/)]);
    await writer.close();
    expect(await readdir(join(folder, "day=1"))).toEqual(["part.parquet"]);
  });

  test("an object cannot stand below another, nor in the place of a folder", async () => {
    await store.put("object", text("x"));
    await store.put("folder/object", text("x"));
    for (const key of ["object/below", "object/far/below", "folder"]) {
      const refused = { code: "storage/invalid-path", context: { key } };
      await expect(store.put(key, text("y"))).rejects.toMatchObject(refused);
      await expect(store.putIfAbsent(key, text("y"))).rejects.toMatchObject(refused);
      const write = async (): Promise<unknown> => (await store.openWriter(key)).close();
      await expect(write()).rejects.toMatchObject(refused);
    }
    expect(await keysOf(store)).toEqual(["folder/object", "object"]);
  });

  test("the longest name the file system takes is a key, a longer one is refused", async () => {
    await store.put("x".repeat(255), text("x"));
    for (const key of ["x".repeat(256), `${"y".repeat(300)}/z`]) {
      const refused = { code: "storage/invalid-path", message: expect.stringContaining("no name that long") };
      await expect(store.put(key, text("x"))).rejects.toMatchObject(refused);
      await expect(store.putIfAbsent(key, text("x"))).rejects.toMatchObject(refused);
    }
  });

  test("a listing of a large folder is left after what was wanted", async () => {
    await mkdir(join(folder, "_delta_log"));
    const name = (version: number): string => `_delta_log/${String(version).padStart(20, "0")}.json`;
    await Promise.all(Array.from({ length: 3000 }, (_, version) => writeFile(join(folder, name(version)), "{}")));
    expect(await keysOf(store, { prefix: "_delta_log/", after: name(2996) })).toEqual([name(2997), name(2998), name(2999)]);
    expect(await keysOf(store)).toHaveLength(3000);
  });

  test("an object that another engine replaces is read as it is now", async () => {
    await store.put("object", text("old"));
    await store.get("object");
    await writeFile(join(folder, "other"), "new, longer");
    await rename(join(folder, "other"), join(folder, "object"));
    expect(new TextDecoder().decode(await store.get("object", { range: { start: 5, end: 11 } }))).toBe("longer");
  });

  test("a file that was cut off is named when bytes are missing", async () => {
    await store.put("part.parquet", new Uint8Array(1000));
    await truncate(join(folder, "part.parquet"), 400);
    await expect(store.get("part.parquet", { range: { start: 300, end: 500 } })).rejects.toMatchObject({
      code: "storage/io",
      message: expect.stringContaining("which has 400 bytes"),
      context: { key: "part.parquet", start: 300, end: 500, size: 400 },
    });
  });

  test("a folder that is removed meanwhile is made again", async () => {
    await store.put("folder/one", text("x"));
    await rm(folder, { recursive: true });
    expect(await store.putIfAbsent("folder/two", text("x"))).toBe("created");
    expect(await keysOf(store)).toEqual(["folder/two"]);
  });

  test("rivals that need the same new folders all get them", async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `a/b${index % 3}/c/${index}`);
    await Promise.all(keys.map((key) => store.put(key, text(key))));
    expect(await keysOf(store)).toHaveLength(40);
  });

  test("an object has one name only", async () => {
    await store.putIfAbsent("object", text("x"));
    expect((await lstat(join(folder, "object"))).nlink).toBe(1);
  });
});
