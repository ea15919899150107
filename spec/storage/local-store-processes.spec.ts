import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLocalStore } from "../../src/storage/local-store.js";

let folder: string;
let script: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "laketable-processes-"));
  await chmod(folder, 0o755);
  script = join(folder, "store-child.mjs");
  await build({
    entryPoints: [new URL("store-child.ts", import.meta.url).pathname],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** Whole lines it has said so far. */
  readonly lines: string[];
  readonly ended: Promise<void>;
  /** Resolves once it has said `count` lines. */
  said(count: number): Promise<void>;
}

function startChild(args: readonly string[], uid?: number): Child {
  const child = spawn(process.execPath, [script, ...args], { stdio: "pipe", ...(uid === undefined ? {} : { uid }) });
  const lines: string[] = [];
  let rest = "";
  let errors = "";
  const waiting: { count: number; resolve: () => void }[] = [];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    for (const { count, resolve } of waiting) if (lines.length >= count) resolve();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => (code === 0 || signal === "SIGKILL" ? resolve() : reject(new Error(errors))));
  });
  const said = (count: number): Promise<void> =>
    Promise.race([lines.length >= count ? undefined : new Promise<void>((resolve) => waiting.push({ count, resolve })), ended]);
  return { process: child, lines, ended, said };
}

test("of rival processes exactly one creates each object", async () => {
  const root = join(folder, "race");
  const versions = 60;
  const names = ["A", "B", "C", "D"];
  const rivals = names.map((name) => startChild(["race", root, name, String(versions)]));
  await Promise.all(rivals.map((rival) => rival.said(1)));
  for (const rival of rivals) rival.process.stdin.end("go\n");
  await Promise.all(rivals.map((rival) => rival.ended));

  const winners = new Map<string, string[]>();
  rivals.forEach((rival, index) => {
    for (const version of rival.lines.slice(1)) winners.set(version, [...(winners.get(version) ?? []), names[index] ?? ""]);
  });
  expect([...winners.keys()].map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: versions }, (_, version) => version));
  const store = createLocalStore(root);
  for (const [version, won] of winners) {
    expect(won).toHaveLength(1);
    const content = new TextDecoder().decode(await store.get(`_delta_log/${version}.json`));
    expect(content).toBe((won[0] ?? "").repeat(2000));
  }
  expect(await readdir(join(root, "_delta_log"))).toHaveLength(versions);
});

test("a process that is killed while it writes leaves only whole objects, and every one it acknowledged", async () => {
  const root = join(folder, "crash");
  const store = createLocalStore(root);
  const acknowledged = new Set<string>();
  for (let round = 0; round < 10; round += 1) {
    const child = startChild(["write", root, `p${round % 3}`]);
    await child.said(1 + ((round * 37) % 60));
    child.process.kill("SIGKILL");
    await child.ended;
    for (const key of child.lines) acknowledged.add(key);

    const found = new Set<string>();
    for await (const { key, size } of store.list()) {
      found.add(key);
      const bytes = await store.get(key);
      expect(bytes.length, key).toBe(size);
      const digest = createHash("sha256").update(bytes.subarray(32)).digest();
      expect(Buffer.compare(digest, bytes.subarray(0, 32)), `${key} of ${size} bytes`).toBe(0);
    }
    expect([...acknowledged].filter((key) => !found.has(key))).toEqual([]);
  }
  // Some were killed in the middle of a write, or this has tested nothing.
  const names = await readdir(root, { recursive: true });
  expect(names.filter((name) => name.endsWith(".tmp")).length).toBeGreaterThan(0);
});

test("without permission every call says storage/permission-denied", async () => {
  const root = join(folder, "foreign");
  await mkdir(join(root, "closed"), { recursive: true });
  await writeFile(join(root, "object"), "secret", { mode: 0o000 });
  await chmod(join(root, "closed"), 0o000);
  await chmod(root, 0o555);
  // Permissions do not bind root, so its tests ask as somebody else.
  const child = startChild(["failures", root], process.getuid?.() === 0 ? 65534 : undefined);
  await child.ended;
  await chmod(root, 0o755);
  await chmod(join(root, "closed"), 0o755);
  expect(child.lines).toEqual(
    ["get", "put", "putIfAbsent", "openWriter", "delete", "list"].map((operation) => `${operation} storage/permission-denied`),
  );
});
