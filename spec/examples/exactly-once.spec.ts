import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { DeltaTable } from "../../src/index.js";

const script = fileURLToPath(new URL("../../examples/exactly-once.mjs", import.meta.url));

test("examples/exactly-once.mjs: a crash and two consumers at once leave every message in the table once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lake-spec-"));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: folder });
    expect(stdout).toContain("consumer 1 crashed; the queue will deliver its last batch again");
    const [, written, skipped] = stdout.match(/two consumers wrote (\d+) batches, and skipped (\d+)/) ?? [];
    // Twelve batches in all: the first consumer wrote four of them, the last of which came again.
    expect(Number(written)).toBe(8);
    expect(Number(skipped)).toBeGreaterThanOrEqual(1);
    expect(stdout).toContain("1200 rows, 1200 different orders, of 1200 messages");
    expect(stdout).toContain("partition 0 up to offset 599");
    const orders = await DeltaTable.open(join(folder, "demo-data/orders"));
    const history = await orders.history();
    expect(history.filter(({ operation }) => operation === "WRITE")).toHaveLength(12);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
