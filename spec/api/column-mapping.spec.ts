import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DeltaTable } from "../../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "laketable-mapping-"));
afterAll(() => rmSync(folder, { recursive: true }));
let tables = 0;

interface SchemaField {
  readonly name: string;
  readonly type: string | { readonly type: string; readonly fields: readonly SchemaField[] };
  readonly nullable: boolean;
  readonly metadata: Record<string, unknown>;
}

type Names = Readonly<Record<string, string>>;

/** What a column was called, to what it is called from now on: also the name that another one had before. */
interface Renaming {
  readonly columns: Names;
  readonly nested: Names;
}

const shuffled = (names: readonly string[], others: readonly string[]): fc.Arbitrary<Names> =>
  fc
    .shuffledSubarray([...names, ...others], { minLength: names.length, maxLength: names.length })
    .map((list) => Object.fromEntries(names.map((name, at) => [name, list[at] ?? name])));

const renamings: fc.Arbitrary<Renaming> = fc.record({
  columns: shuffled(["a", "b", "s", "p"], ["new", "A b"]),
  nested: shuffled(["x", "y"], ["z"]),
});

interface Row {
  readonly a: number;
  readonly b: number | null;
  readonly s: { readonly x: number | null; readonly y: string } | null;
  readonly p: number | null;
}

// Each file has numbers of its own, so that skipping would lose rows if it looked at another column's bounds.
const rowsOfFile = (file: number): fc.Arbitrary<Row[]> =>
  fc.array(
    fc.record({
      a: fc.integer({ min: file * 10, max: file * 10 + 9 }),
      b: fc.option(fc.integer({ min: 100 - file * 10, max: 109 - file * 10 }), { nil: null, freq: 6 }),
      s: fc.option(
        fc.record({
          x: fc.option(fc.integer({ min: 50 + file * 10, max: 59 + file * 10 }), { nil: null, freq: 6 }),
          y: fc.constantFrom(`y${file}`, `x${9 - file}`),
        }),
        { nil: null, freq: 8 },
      ),
      p: fc.option(fc.integer({ min: file, max: file + 1 }), { nil: null, freq: 6 }),
    }),
    { minLength: 1, maxLength: 6 },
  );

const conditions = [
  (n: Naming): string => `${n("a")} < 15`,
  (n: Naming): string => `${n("b")} >= 85 AND ${n("a")} > 12`,
  (n: Naming): string => `${n("b")} IS NULL`,
  (n: Naming): string => `${n("s", "x")} BETWEEN 55 AND 71`,
  (n: Naming): string => `${n("s", "y")} = 'y1' OR ${n("s", "x")} IS NULL`,
  (n: Naming): string => `${n("p")} = 1`,
  (n: Naming): string => `${n("p")} IS NULL OR ${n("a")} = 20`,
  (n: Naming): string => `NOT (${n("s", "y")} LIKE 'x%') AND ${n("p")} <=> 2`,
];

type Naming = (column: string, nested?: string) => string;

const quoted = (...names: readonly string[]): string => names.map((name) => `\`${name}\``).join(".");
const oldNames: Naming = (column, nested) => quoted(column, ...(nested === undefined ? [] : [nested]));
const newNames =
  ({ columns, nested: inner }: Renaming): Naming =>
  (column, nested) =>
    quoted(columns[column] ?? column, ...(nested === undefined ? [] : [inner[nested] ?? nested]));

interface Layout {
  readonly statsAsStruct: boolean;
  readonly indexedColumns: number;
  readonly checkpoint: boolean;
}

const layouts: fc.Arbitrary<Layout> = fc.record({
  statsAsStruct: fc.boolean(),
  indexedColumns: fc.constantFrom(32, 0),
  checkpoint: fc.boolean(),
});

async function tableOf(files: readonly (readonly Row[])[], layout: Layout): Promise<string> {
  const path = join(folder, `t${tables++}`);
  const table = await DeltaTable.create(path, {
    schema: { a: "int", b: "int", s: "struct<x: int, y: string>", p: "int" },
    partitionBy: ["p"],
    properties: {
      "delta.checkpoint.writeStatsAsStruct": String(layout.statsAsStruct),
      "delta.checkpoint.writeStatsAsJson": String(!layout.statsAsStruct),
      "delta.dataSkippingNumIndexedCols": String(layout.indexedColumns),
    },
  });
  for (const rows of files) await table.append(rows as never);
  if (layout.checkpoint) await table.checkpoint();
  return path;
}

/** Gives columns new names by a commit, as Spark's ALTER TABLE … RENAME COLUMN does: files, statistics and partition values stay. */
function rename(path: string, version: number, { columns, nested }: Renaming): void {
  const log = (at: number): string => join(path, "_delta_log", `${String(at).padStart(20, "0")}.json`);
  const lines = readFileSync(log(0), "utf8").trim().split("\n");
  const actions = lines.map((line) => JSON.parse(line) as { metaData?: Record<string, unknown> });
  const metaData = actions.find((action) => action.metaData !== undefined)?.metaData;
  if (metaData === undefined) throw new Error("the first commit has the metadata");
  let id = 0;
  const mapped = (field: SchemaField, names: Names): SchemaField => ({
    ...field,
    name: names[field.name] ?? field.name,
    type: typeof field.type === "string" ? field.type : { ...field.type, fields: field.type.fields.map((one) => mapped(one, nested)) },
    metadata: { "delta.columnMapping.id": ++id, "delta.columnMapping.physicalName": field.name },
  });
  const schema = JSON.parse(metaData["schemaString"] as string) as { fields: SchemaField[] };
  const renamed = { ...schema, fields: schema.fields.map((field) => mapped(field, columns)) };
  const commit = [
    { commitInfo: { operation: "RENAME COLUMN", timestamp: 1 } },
    { protocol: { minReaderVersion: 2, minWriterVersion: 5 } },
    {
      metaData: {
        ...metaData,
        schemaString: JSON.stringify(renamed),
        partitionColumns: [columns["p"] ?? "p"],
        configuration: {
          ...(metaData["configuration"] as object),
          "delta.columnMapping.mode": "name",
          "delta.columnMapping.maxColumnId": String(id),
        },
      },
    },
  ];
  writeFileSync(log(version + 1), commit.map((action) => `${JSON.stringify(action)}\n`).join(""));
}

function renamedRow(row: Record<string, unknown>, { columns, nested }: Renaming): Record<string, unknown> {
  const withNames = (value: object, names: Names): Record<string, unknown> =>
    Object.fromEntries(Object.entries(value).map(([name, one]) => [names[name] ?? name, one as unknown]));
  const { s } = row;
  return withNames({ ...row, s: s === null ? null : withNames(s as object, nested) }, columns);
}

test("names are all that a renaming changes: rows, skipping, counts", async () => {
  let skipped = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(rowsOfFile(0), rowsOfFile(1), rowsOfFile(2)),
      renamings,
      layouts,
      fc.uniqueArray(fc.nat(conditions.length - 1), { minLength: 2, maxLength: 3 }),
      async (files, renaming, layout, asked) => {
        const path = await tableOf(files, layout);
        rename(path, 3, renaming);
        const [before, after] = [await DeltaTable.open(path, { version: 3 }), await DeltaTable.open(path)];
        expect(after.schema.fields.map(({ name }) => name)).toEqual(["a", "b", "s", "p"].map((name) => renaming.columns[name]));
        expect(after.partitionBy).toEqual([renaming.columns["p"]]);
        for (const condition of [undefined, ...asked.map((at) => conditions[at])]) {
          const [old, now] = [oldNames, newNames(renaming)].map((naming) => (condition ? { where: condition(naming) } : {}));
          expect(await after.toArray(now)).toEqual((await before.toArray(old)).map((row) => renamedRow(row, renaming)));
          expect(await after.count(now)).toBe(await before.count(old));
          const [plannedNow, plannedBefore] = [await after.explain(now), await before.explain(old)];
          const { files: filesBefore, bytes } = plannedBefore;
          expect(plannedNow).toMatchObject({ files: filesBefore, bytes });
          skipped += plannedNow.files.total - plannedNow.files.kept;
        }
      },
    ),
    { numRuns: 12 },
  );
  expect(skipped).toBeGreaterThan(10);
});

test("a table with renamed columns is not written to yet, and says so before anything is written", async () => {
  const path = await tableOf([[{ a: 1, b: 2, s: null, p: 3 }]], { statsAsStruct: false, indexedColumns: 32, checkpoint: false });
  rename(path, 1, { columns: { a: "b", b: "a" }, nested: {} });
  const table = await DeltaTable.open(path);
  const writes = [
    () => table.append([{ a: 1, b: 2, s: null, p: 3 }]),
    () => table.delete("a = 1"),
    () => table.checkpoint(),
    () => table.alter.setProperties({ "delta.appendOnly": "true" }),
  ];
  for (const write of writes) await expect(write()).rejects.toMatchObject({ code: "delta/unsupported-feature" });
  expect((await table.refresh()).version).toBe(2);
});
