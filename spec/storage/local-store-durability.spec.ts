import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalStore } from "../../src/storage/local-store.js";
import type { ObjectStore } from "../../src/storage/object-store.js";
import { recordSystemCalls, type SystemCall, type SystemCallRecorder } from "../doubles/system-calls.js";

describe.runIf(process.platform === "linux")("the local store on a file system that is watched", () => {
  let folder: string;
  let store: ObjectStore;
  let recorder: SystemCallRecorder;
  const bytes = new Uint8Array(10);

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "laketable-durability-")));
    store = createLocalStore(join(folder, "root"));
    recorder = await recordSystemCalls();
  });
  afterEach(async () => {
    recorder.restore();
    await rm(folder, { recursive: true });
  });

  /** "link root/a/TEMP root/a/b", with the paths relative to the test's folder. */
  const said = (): string[] =>
    recorder.calls.splice(0).map(({ name, paths }) => {
      const shown = paths.map((path) => relative(folder, path).replace(/\.laketable-[-0-9a-f]+\.tmp/, "TEMP") || ".");
      return [name, ...shown].join(" ");
    });
  const write = async (key: string): Promise<void> => {
    const writer = await store.openWriter(key);
    await writer.write(bytes);
    await writer.close();
  };
  const writes: Record<string, () => Promise<unknown>> = {
    put: () => store.put("a/b/object", bytes),
    putIfAbsent: () => store.putIfAbsent("a/b/object", bytes),
    openWriter: () => write("a/b/object"),
  };
  const onFolder = (call: SystemCall): boolean => call.name === "sync" && call.paths[0] === join(folder, "root/a/b");

  test.each(Object.keys(writes))("%s syncs new folders, then the bytes before their name, then the name", async (operation) => {
    await writes[operation]?.();
    const publish =
      operation === "putIfAbsent"
        ? ["link root/a/b/TEMP root/a/b/object", "unlink root/a/b/TEMP"]
        : ["rename root/a/b/TEMP root/a/b/object"];
    expect(said()).toEqual([
      "mkdir root/a/b",
      "sync root/a",
      "sync root",
      "sync .",
      "write root/a/b/TEMP",
      "sync root/a/b/TEMP",
      ...publish,
      "sync root/a/b",
    ]);
  });

  test("in a folder that is there only the file and that folder are synced", async () => {
    await store.put("a/b/object", bytes);
    said();
    await store.put("a/b/other", bytes);
    expect(said()).toEqual(["write root/a/b/TEMP", "sync root/a/b/TEMP", "rename root/a/b/TEMP root/a/b/other", "sync root/a/b"]);
  });

  test("nothing is acknowledged while a rival of the same process still syncs the folders they share", async () => {
    const keys = Array.from({ length: 8 }, (_, index) => `a/b/${index}`);
    const syncedAtReply = await Promise.all(
      keys.map(async (key) => {
        await store.put(key, bytes);
        return recorder.calls.some((call) => call.name === "sync" && call.paths[0] === folder);
      }),
    );
    expect(syncedAtReply).not.toContain(false);
  });

  test("a rival who finds the object there writes nothing", async () => {
    await store.put("a/b/object", bytes);
    said();
    expect(await store.putIfAbsent("a/b/object", bytes)).toBe("exists");
    expect(said()).toEqual([]);
  });

  test.each([
    ["write", "ENOSPC", "storage/no-space"],
    ["write", "EDQUOT", "storage/no-space"],
    ["sync", "ENOSPC", "storage/no-space"],
    ["sync", "EIO", "storage/io"],
    ["mkdir", "EROFS", "storage/permission-denied"],
    ["mkdir", "ENOSPC", "storage/no-space"],
  ] as const)("a %s that fails with %s is %s, and nothing is left of the object", async (name, errno, code) => {
    for (const run of Object.values(writes)) {
      recorder.failWith = (call) => (call.name === name ? errno : undefined);
      await expect(run()).rejects.toMatchObject({ code, context: { key: "a/b/object" }, cause: { code: errno } });
      recorder.failWith = () => undefined;
      const names = await readdir(folder, { recursive: true });
      expect(names.filter((path) => /object|tmp/.test(path))).toEqual([]);
    }
  });

  test("a disk that fills up in the middle of a stream ends the writer, and nothing is left", async () => {
    const writer = await store.openWriter("object");
    await writer.write(bytes);
    recorder.failWith = (call) => (call.name === "write" ? "ENOSPC" : undefined);
    await expect(writer.write(bytes)).rejects.toMatchObject({ code: "storage/no-space" });
    await expect(writer.write(bytes)).rejects.toMatchObject({ code: "internal/assertion" });
    await writer.abort();
    expect(await readdir(join(folder, "root"))).toEqual([]);
  });

  test.each(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"])(
    "without hard links (%s) putIfAbsent is refused, and put works",
    async (errno) => {
      recorder.failWith = (call) => (call.name === "link" ? errno : undefined);
      await expect(store.putIfAbsent("object", bytes)).rejects.toMatchObject({
        code: "storage/unsupported",
        message: expect.stringContaining("has no hard links"),
      });
      await store.put("object", bytes);
      expect(await readdir(join(folder, "root"))).toEqual(["object"]);
    },
  );

  test("a name that may or may not have been given is an unknown outcome", async () => {
    recorder.failWith = (call) => (call.name === "link" || call.name === "rename" ? "EIO" : undefined);
    for (const run of Object.values(writes)) await expect(run()).rejects.toMatchObject({ code: "storage/unavailable" });
  });

  test("a folder that cannot be synced after the name was given is an unknown outcome, and the object is there", async () => {
    for (const run of Object.values(writes)) {
      recorder.failWith = (call) => (onFolder(call) ? "EIO" : undefined);
      await expect(run()).rejects.toMatchObject({ code: "storage/unavailable", message: expect.stringContaining("power cut") });
      recorder.failWith = () => undefined;
      expect(await store.head("a/b/object")).toMatchObject({ size: 10 });
      expect(await readdir(join(folder, "root/a/b"))).toEqual(["object"]);
      await store.delete(["a/b/object"]);
    }
  });

  test("a file system that cannot sync folders at all is taken as it is", async () => {
    recorder.failWith = (call) => (onFolder(call) ? "EINVAL" : undefined);
    for (const run of Object.values(writes)) {
      await run();
      await store.delete(["a/b/object"]);
    }
  });
});
