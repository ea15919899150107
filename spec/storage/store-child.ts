import { createHash, randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { createLocalStore } from "../../src/storage/local-store.js";
import type { ObjectStore } from "../../src/storage/object-store.js";

/** A process of its own for tests that need rivals, another user, or one that can be killed. Told by its arguments. */

/** Content that can tell whether it is whole: its own SHA-256, then anything. */
function sealed(size: number): Uint8Array {
  const body = randomBytes(size);
  return Buffer.concat([createHash("sha256").update(body).digest(), body]);
}

/** Says one line to the parent, before anything else can happen. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** Tries to create every version, and says which ones it did. */
async function race(store: ObjectStore, name: string, versions: number): Promise<void> {
  for (let version = 0; version < versions; version += 1) {
    const outcome = await store.putIfAbsent(`_delta_log/${version}.json`, new TextEncoder().encode(`${name}`.repeat(2000)));
    if (outcome === "created") say(String(version));
  }
}

/** Writes until it is killed, and says each key whose write has resolved. */
async function writeForEver(store: ObjectStore, name: string): Promise<void> {
  for (let index = 0; ; index += 1) {
    const key = `${name}/${index % 5 === 0 ? `sub${index}/` : ""}${index % 40}`;
    const size = (index * 7919) % 300_000;
    if (index % 3 === 0) await store.put(key, sealed(size));
    else if (index % 3 === 1) await store.putIfAbsent(key, sealed(size));
    else {
      const writer = await store.openWriter(key);
      const bytes = sealed(size);
      for (let start = 0; start < bytes.length; start += 50_000) await writer.write(bytes.subarray(start, start + 50_000));
      await writer.close();
    }
    say(key);
  }
}

/** Says how each kind of call fails. */
async function sayFailures(store: ObjectStore): Promise<void> {
  const calls: Record<string, () => Promise<unknown>> = {
    get: () => store.get("object"),
    put: () => store.put("object", new Uint8Array(1)),
    putIfAbsent: () => store.putIfAbsent("fresh", new Uint8Array(1)),
    openWriter: () => store.openWriter("fresh/folder/object"),
    delete: () => store.delete(["object"]),
    list: async () => {
      for await (const _ of store.list({ prefix: "closed/" }));
    },
  };
  for (const [operation, run] of Object.entries(calls)) {
    const code = await run().then(
      () => "done",
      (error: { code: string }) => error.code,
    );
    say(`${operation} ${code}`);
  }
}

const [mode, root = "", name = "", count = ""] = process.argv.slice(2);
const store = createLocalStore(root);
if (mode === "race") {
  // All rivals start when the parent says so.
  say("ready");
  await new Promise((resolve) => process.stdin.once("data", resolve));
  await race(store, name, Number(count));
  process.exit(0);
}
if (mode === "write") await Promise.all(["a", "b", "c", "d"].map((thread) => writeForEver(store, `${name}${thread}`)));
if (mode === "failures") await sayFailures(store);
