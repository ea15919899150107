// Makes the carried archives: the small cases of the big set that are expected to pass.
// node conformance/tables/choose.mjs UNPACKED_REFERENCE_TABLES      (a folder of <suite>/<case>/)
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { create } from "tar";

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error("usage: node conformance/tables/choose.mjs UNPACKED_REFERENCE_TABLES");
const here = dirname(fileURLToPath(import.meta.url));
const ledger = readFileSync(join(here, "..", "reference", "ledger.ts"), "utf8");
const largestBytes = 100_000;

const bytesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((sum, entry) => sum + (entry.isFile() ? readFileSync(join(entry.parentPath, entry.name)).length : 0), 0);

for (const suite of ["spark-gen", "dat", "bad"]) {
  const cases = readdirSync(join(source, suite))
    .sort()
    .filter((name) => existsSync(join(source, suite, name, "expected", "case.json")))
    .filter((name) => !ledger.includes(`"${suite}/${name}`) && bytesBelow(join(source, suite, name)) <= largestBytes);
  await create({ file: join(here, `${suite}.tar.gz`), cwd: source, gzip: { level: 9 }, portable: true }, cases.map((name) => `${suite}/${name}`));
  console.log(`${suite}: ${cases.length} cases`);
}
