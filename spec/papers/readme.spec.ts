import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageVersion } from "../../src/version.js";
import { supportTable } from "./support-table.js";

const project = fileURLToPath(new URL("../..", import.meta.url));
const readmePath = join(project, "README.md");
const readme = readFileSync(readmePath, "utf8");
const begin = "<!-- support table: generated from src/delta/protocol/features.ts -->\n";
const end = "\n<!-- end of support table -->";

test("the support table is the one of the feature table (LAKETABLE_UPDATE_README=1 writes it)", () => {
  // Without it everything after the table would be lost when the table is written.
  expect(readme).toContain(end);
  const [before, rest = ""] = readme.split(begin);
  const after = rest.slice(rest.indexOf(end));
  const wanted = `${before}${begin}${supportTable()}${after}`;
  if (process.env["LAKETABLE_UPDATE_README"] === "1") writeFileSync(readmePath, wanted);
  else expect(readme).toBe(wanted);
});

test("the version in code is the package's, and the changelog knows it", () => {
  expect(packageVersion).toBe(JSON.parse(readFileSync(join(project, "package.json"), "utf8")).version);
  expect(readFileSync(join(project, "CHANGELOG.md"), "utf8")).toContain(`## ${packageVersion}`);
});

describe("the README's code", () => {
  const folder = mkdtempSync(join(tmpdir(), "laketable-readme-"));
  beforeAll(() => {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(project, join(folder, "node_modules", "laketable"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // One after the other in one folder: the later blocks go on with the table of the first.
  const blocks = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code = ""]) => code);
  test.each(blocks.map((code, index) => [index + 1, code] as const))("block %i runs as it stands", async (number, code) => {
    const file = join(folder, `block-${number}.mjs`);
    writeFileSync(file, code);
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
    if (number === 1) {
      expect(stdout).toContain("{ user_id: 2n, score: '8.00' }");
      expect(stdout).toContain("{ user_id: 2n, name: 'Bo', score: '7.25' }");
    }
  });
});
