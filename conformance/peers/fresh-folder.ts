import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A path for a table in a folder of its own, which is gone after the test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "laketable-peers-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "table");
}
