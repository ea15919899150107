import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { join } from "node:path";
import { DeltaTable, LakeError } from "laketable";
import { fromArrowSchema } from "../src/schema/from-arrow.js";
import { rowReader } from "../src/schema/row-reader.js";
import { carriedTables, referenceSource, unpackAll } from "./reference/archives.js";
import { bagDifference, bagOf } from "./reference/bag.js";
import { expectedFile, loadCases, type ReferenceCase } from "./reference/cases.js";
import { rowsByDuckDb } from "./reference/expected-rows.js";
import { expectedFailures } from "./reference/ledger.js";

const source = referenceSource();
const required = process.env["CI"] === "true";
if ("missing" in source && !required) console.warn(`The big set of reference tables is skipped: ${source.missing}.`);

describe("the reference tables that the project carries", async () => runCases(loadCases(await unpackAll(carriedTables()))));

describe("the reference tables of LAKETABLE_REFERENCE_TABLES", async () => {
  if ("missing" in source) {
    test.skipIf(!required)("are there", () => expect.unreachable(source.missing));
    return;
  }
  runCases(loadCases(await unpackAll(source.folder)));
});

function runCases(cases: readonly ReferenceCase[]): void {
  for (const reference of cases) {
    ledgered(reference.id, () => check(reference));
    if (reference.kind === "cdf" || reference.errorStage === "cdf") ledgered(`${reference.id}#changes`, () => checkChanges(reference));
  }
}

/** One test, or for an entry of the ledger the test that it still fails. */
function ledgered(id: string, run: () => Promise<void>): void {
  const reason = expectedFailures[id];
  if (reason === undefined) {
    test(id, run);
    return;
  }
  test(`${id} (not yet: ${reason})`, async () => {
    await expect(run(), `${id} passes now: take it out of the ledger`).rejects.toThrow();
  });
}

async function check(reference: ReferenceCase): Promise<void> {
  if (reference.expectError && reference.errorStage !== "cdf") return checkRefused(reference);
  await checkVersions(reference);
  await checkLatest(reference);
}

/** A table that must be refused: the refusal is a `LakeError`, at the stage that the case names. */
async function checkRefused(reference: ReferenceCase): Promise<void> {
  const at = versionAsked(reference);
  const reading = DeltaTable.open(reference.table, at === undefined ? {} : { version: at }).then((table) => table.toArray());
  const outcome = await reading.then(
    (rows) => `read ${rows.length} rows`,
    (error: unknown) => error,
  );
  expect(outcome, `${reference.id} must be refused with a LakeError`).toBeInstanceOf(LakeError);
  expect((outcome as LakeError).code).not.toMatch(/^internal\//);
  await checkVersions(reference);
}

async function checkVersions(reference: ReferenceCase): Promise<void> {
  for (const [version, expected] of Object.entries(reference.versions)) {
    const file = expectedFile(reference, Number(version));
    if (expected.error !== undefined || !existsSync(file)) continue;
    const table = await DeltaTable.open(reference.table, { version: Number(version) });
    // Spark leaves columns of type void out of what it reads.
    const columns = table.schema.fields.filter(({ type }) => type.kind !== "void").map(({ name }) => name);
    const [actual, wanted] = [bagOf(await table.toArray({ columns })), bagOf(await rowsByDuckDb(file))];
    expect(bagDifference(actual, wanted), `${reference.id} at version ${version}`).toEqual([]);
    if (!countsAreWrong.has(reference.id)) expect(await table.count(), `count() at version ${version}`).toBe(wanted.length);
  }
}

/** Tables whose statistics lie on purpose: `count` may believe them. */
const countsAreWrong: ReadonlySet<string> = new Set(["bad/row-stats-num-records-wrong"]);

async function checkLatest(reference: ReferenceCase): Promise<void> {
  if (reference.latestVersion === null || versionAsked(reference) !== undefined) return;
  const table = await DeltaTable.open(reference.table);
  expect(table.version).toBe(reference.latestVersion);
  if (reference.numFiles === undefined) return;
  let files = 0;
  for await (const file of table.files()) files += file.path === "" ? 0 : 1;
  expect(files, "live data files").toBe(reference.numFiles);
}

async function checkChanges(reference: ReferenceCase): Promise<void> {
  const table = await DeltaTable.open(reference.table);
  if (reference.cdf === undefined) {
    const from = reference.options["startingVersion"];
    const refused = await changesOf(table, typeof from === "number" ? from : 0).catch((error: unknown) => error);
    expect(refused, `${reference.id} must be refused with a LakeError`).toBeInstanceOf(LakeError);
    expect((refused as LakeError).code).toBe("delta/no-change-feed");
    return;
  }
  const { startingVersion, endingVersion, file } = reference.cdf;
  const wanted = bagOf(await rowsByDuckDb(join(reference.folder, "expected", file)));
  expect(bagDifference(bagOf(await changesOf(table, startingVersion, endingVersion)), wanted), reference.id).toEqual([]);
}

/** The rows of the change feed without their times, which depend on the files'. */
async function changesOf(table: DeltaTable, from: number, to?: number): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const batch of table.changes({ from, ...(to === undefined ? {} : { to }) })) {
    const { fields } = fromArrowSchema(batch.schema);
    for (const row of rowReader({ kind: "struct", fields })(batch)) {
      const { _commit_timestamp: time, ...rest } = row as Record<string, unknown>;
      expect(time).toMatch(/^2\d{3}-.*Z$/);
      rows.push(rest);
    }
  }
  return rows;
}

function versionAsked(reference: ReferenceCase): number | undefined {
  const version = reference.options["versionAsOf"];
  return typeof version === "number" ? version : undefined;
}
