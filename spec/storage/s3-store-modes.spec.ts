import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[];
}

/** The contract's own tests, run on servers that are wrong on purpose: a suite that cannot fail proves nothing. */
test("the store contract fails on a server that ignores conditions, judges them too early or does not know them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "laketable-modes-"));
  const report = join(folder, "report.json");
  const config = fileURLToPath(new URL("../doubles/s3/vitest.config.ts", import.meta.url));
  const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
  const args = [vitest, "run", "--config", config, "-t", "of many rivals", "--reporter=json", `--outputFile.json=${report}`];
  await new Promise((resolve) => execFile(process.execPath, args, resolve));
  const { testResults } = JSON.parse(await readFile(report, "utf8")) as Report;
  await rm(folder, { recursive: true });
  const outcomes = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName }) => fullName.includes("of many rivals"))
    .map(({ fullName, status }) => [fullName.split(" ")[0], status]);
  expect(Object.fromEntries(outcomes)).toEqual({ atomic: "passed", ignore: "failed", racy: "failed", unsupported: "failed" });
});
