import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromArrays } from "apache-arrow";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DeltaTable, LakeError } from "laketable";

const options = { workers: 1 };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "laketable-leftovers-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a write that is aborted at any moment leaves no file behind, not even a hidden one", { timeout: 30_000 }, async () => {
  const url = join(folder, "aborted");
  const table = await DeltaTable.create(url, { schema: { k: "int", s: "string" }, ...options });
  for (let file = 0; file < 3; file++) {
    const k = Int32Array.from({ length: 30_000 }, (_, row) => file * 30_000 + row);
    await table.append(tableFromArrays({ k, s: Array.from(k, (key) => `value ${key * 7}`) }));
  }
  const before = (await readdir(url)).sort();
  let aborted = 0;
  for (let ms = 1; ms < 400; ms = Math.ceil(ms * 1.25)) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), ms);
    const failure = await table.update({ set: { s: "concat(s, 'x')" }, signal: stop.signal }).then(
      () => undefined,
      (error: unknown) => error,
    );
    clearTimeout(timer);
    if (failure === undefined) break;
    aborted += 1;
    expect(LakeError.is(failure, "usage/aborted"), String(failure)).toBe(true);
    expect((await readdir(url)).sort(), `aborted after ${ms} ms`).toEqual(before);
  }
  expect(aborted).toBeGreaterThan(3);
});
