import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeCheckpoint } from "../../src/delta/checkpoint-writer.js";
import { addOf } from "../../src/delta/data-file-view.js";
import { planFiles } from "../../src/delta/file-list.js";
import { openState } from "../../src/delta/open-state.js";
import { countRows } from "../../src/delta/row-count.js";
import { bindPredicate } from "../../src/expression/bind.js";
import { parseExpression } from "../../src/expression/parse.js";
import { tableScope } from "../../src/expression/scope.js";
import type { DataFile } from "../../src/table/data-file.js";
import type { PruneCount } from "../../src/table/snapshot.js";
import { add, logFixture, metaData, protocol, remove, type LogFixture, type MetadataOptions } from "./log-fixture.js";

interface Planned {
  readonly paths: readonly string[];
  readonly files: readonly DataFile[];
  readonly counts: PruneCount;
}

async function plan(table: LogFixture, where?: string, counted = false): Promise<Planned> {
  const context = table.context();
  const state = await openState(context);
  const predicate = where === undefined ? undefined : bindPredicate(parseExpression(where), tableScope(state.configuration.schema));
  const files: DataFile[] = [];
  const counts = { filesTotal: 0, bytesTotal: 0, filesKept: 0, bytesKept: 0, filesPrunedByPartition: 0 };
  const onPruned = (count: PruneCount): void => {
    for (const name of ["filesTotal", "bytesTotal", "filesKept", "bytesKept", "filesPrunedByPartition"] as const)
      counts[name] += count[name];
  };
  for await (const group of planFiles(context, state, { where: predicate, ...(counted ? { onPruned } : {}) })) files.push(...group);
  return { paths: files.map((file) => file.path).sort(), files, counts };
}

const checkpoint = async (table: LogFixture): Promise<void> => writeCheckpoint(table.context(), await openState(table.context()));
const partitioned: MetadataOptions = {
  fields: [
    ["id", "long"],
    ["p", "string"],
    ["q", "integer"],
  ],
  partitionColumns: ["p", "q"],
};

interface FileOf {
  readonly name: string;
  readonly p: string | null;
  readonly q: number | null;
  readonly min: number;
  readonly max: number;
  readonly hasStats: boolean;
}

const file = fc
  .record({
    name: fc.constantFrom("a", "b", "c", "d", "e", "f"),
    p: fc.constantFrom("x", "y z", "%", null),
    q: fc.constantFrom(1, 2, null),
    min: fc.integer({ min: 0, max: 20 }),
    hasStats: fc.boolean(),
  })
  .map((facts): FileOf => ({ ...facts, max: facts.min + 3 }));
const step = fc.record({
  adds: fc.uniqueArray(file, { selector: ({ name }) => name, maxLength: 3 }),
  removes: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { maxLength: 2 }),
  checkpoint: fc.constantFrom(false, false, true),
});

const predicates: Readonly<Record<string, (file: FileOf) => boolean>> = {
  "p = 'x'": ({ p }) => p === "x",
  "p is null and id > 3": ({ p, max }) => p === null && max > 3,
  "q = 1 or id between 4 and 6": ({ q, min, max }) => q === 1 || (max >= 4 && min <= 6),
  "q <> 2 and p in ('y z', '%')": ({ p, q }) => q !== null && q !== 2 && (p === "y z" || p === "%"),
  "id = 7": ({ min, max }) => min <= 7 && max >= 7,
  "id is null": () => false,
  "p <=> null": ({ p }) => p === null,
};

describe("the plan of a table", () => {
  it("is its live files, of which a predicate drops only those without a matching row", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...Object.keys(predicates)),
        async (steps, where) => {
          const table = logFixture();
          const live = new Map<string, FileOf>();
          for (const [version, { adds, removes, checkpoint: isDue }] of steps.entries()) {
            const gone = removes.filter((name) => !adds.some((other) => other.name === name));
            for (const name of gone) live.delete(name);
            for (const added of adds) live.set(added.name, added);
            await table.commit(
              version,
              ...(version === 0 ? [protocol, metaData(partitioned)] : [{ commitInfo: {} }]),
              ...gone.map(remove),
              ...adds.map(addOfFile),
            );
            if (isDue) await checkpoint(table);
          }
          expect((await plan(table)).paths).toEqual([...live.keys()].sort());
          const mayMatch = predicates[where] ?? (() => true);
          const wanted = [...live.values()].filter((of) => mayMatch(of) || (!of.hasStats && mayMatchWithoutStats(of, mayMatch)));
          const { paths } = await plan(table, where);
          expect(paths).toEqual(wanted.map(({ name }) => name).sort());
          const counted = await plan(table, where, true);
          expect(counted.paths).toEqual(paths);
          expect(counted.counts).toMatchObject({
            filesTotal: live.size,
            bytesTotal: live.size * 100,
            filesKept: paths.length,
            bytesKept: paths.length * 100,
          });
          expect(await countRows(table.context(), await openState(table.context()))).toBe(
            [...live.values()].every((of) => of.hasStats) ? live.size * 4 : undefined,
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  it("drops by partition before it looks at statistics", async () => {
    const table = logFixture();
    await table.commit(
      0,
      protocol,
      metaData(partitioned),
      addOfFile({ name: "a", p: "x", q: 1, min: 0, max: 3, hasStats: true }),
      addOfFile({ name: "b", p: "y z", q: 1, min: 0, max: 3, hasStats: true }),
    );
    for (const isDue of [false, true]) {
      if (isDue) await checkpoint(table);
      expect((await plan(table, "p = 'x' and id > 100", true)).counts).toMatchObject({
        filesTotal: 2,
        filesKept: 0,
        filesPrunedByPartition: 1,
      });
    }
  });
});

/** Some value of `id` may match. */
function mayMatchWithoutStats(of: FileOf, matches: (file: FileOf) => boolean): boolean {
  return (
    Array.from({ length: 30 }, (_, id) => id).some((id) => matches({ ...of, min: id, max: id })) || matches === predicates["id is null"]
  );
}

function addOfFile({ name, p, q, min, max, hasStats }: FileOf): object {
  const stats = { numRecords: 4, minValues: { id: min }, maxValues: { id: max }, nullCount: { id: 0 } };
  return add(name, { partitionValues: { p, q: q === null ? null : String(q) }, ...(hasStats ? { stats } : {}) });
}

describe("a file of the plan", () => {
  const everywhere =
    (check: (table: LogFixture) => Promise<void>, setUp: (table: LogFixture) => Promise<void>) => async (): Promise<void> => {
      const table = logFixture();
      await setUp(table);
      await check(table);
      await checkpoint(table);
      await check(table);
    };

  it(
    "is the same, from a commit or from a checkpoint",
    everywhere(
      async (table) => {
        const [only] = (await plan(table)).files;
        expect(only).toMatchObject({ path: "p=x y/a b.parquet", size: 100, rowCount: 3, rowDeletes: undefined });
        expect(only?.partition).toEqual(
          new Map<string, unknown>([
            ["p", "x y"],
            ["q", 7],
          ]),
        );
        expect(only?.bounds.column(["id"])).toEqual({ min: 9007199254740993n, max: 9223372036854775807n, nullCount: 1, exact: true });
        expect(only?.bounds.column(["q"])).toEqual({ min: 7, max: 7, nullCount: 0, exact: true });
        expect(only === undefined ? undefined : addOf(only)).toMatchObject({
          path: "p=x%20y/a%20b.parquet",
          partitionValues: new Map([
            ["p", "x y"],
            ["q", "7"],
          ]),
          size: 100,
        });
      },
      async (table) => {
        const stats = '{"numRecords":3,"minValues":{"id":9007199254740993},"maxValues":{"id":9223372036854775807},"nullCount":{"id":1}}';
        const line = add("p=x%20y/a%20b.parquet", { partitionValues: { p: "x y", q: "7" } });
        await table.commit(0, protocol, metaData(partitioned), { add: { ...(line as { readonly add: object }).add, stats } });
      },
    ),
  );

  it("with a deletion vector says how many rows it takes out, which are not counted", async () => {
    const table = logFixture();
    const deletionVector = { storageType: "u", pathOrInlineDv: "ab^-aqEH.-t@S}K{vb[*k^", offset: 4, sizeInBytes: 40, cardinality: 6 };
    const features = {
      protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ["deletionVectors"], writerFeatures: ["deletionVectors"] },
    };
    const stats = { numRecords: 10, minValues: { id: 1 }, maxValues: { id: 5 }, nullCount: { id: 0 } };
    await table.commit(
      0,
      features,
      metaData(),
      add("plain", { stats: { ...stats, minValues: { id: 100 }, maxValues: { id: 200 } } }),
      add("marked", { deletionVector, stats }),
    );
    for (const isDue of [false, true]) {
      if (isDue) await checkpoint(table);
      const deletes = new Map((await plan(table)).files.map((file) => [file.path, file.rowDeletes?.cardinality]));
      expect(deletes).toEqual(
        new Map([
          ["plain", undefined],
          ["marked", 6],
        ]),
      );
      expect((await plan(table, "id > 50")).paths).toEqual(["plain"]);
      expect(await countRows(table.context(), await openState(table.context()))).toBe(14);
    }
  });

  it("without a value for a partition column is refused, naming it", async () => {
    const table = logFixture();
    await table.commit(0, protocol, metaData(partitioned), add("a", { partitionValues: { p: "x" } }));
    for (const isDue of [false, true]) {
      if (isDue) await checkpoint(table);
      const [only] = (await plan(table)).files;
      expect(() => only?.partition).toThrow(/`q`/);
      await expect(plan(table, "q = 1")).rejects.toMatchObject({ code: isDue ? "delta/corrupt-checkpoint" : "delta/corrupt-log" });
    }
  });
});

describe("a plan of a checkpoint", () => {
  it("makes no view of what partition values rule out, and reads only what is judged and kept", async () => {
    const table = logFixture();
    // Long names that do not compress: what is not read must show.
    const noise = (at: number): string =>
      Array.from({ length: 25 }, (_, i) => (Math.imul(at * 25 + i + 1, 0x9e3779b1) >>> 0).toString(36)).join("");
    const files = Array.from({ length: 2000 }, (_, at) =>
      add(`part-${at}-${noise(at)}.parquet`, {
        partitionValues: { p: String(at % 100), q: null },
        stats: { numRecords: 1, minValues: { id: at }, maxValues: { id: at } },
      }),
    );
    await table.commit(0, protocol, metaData(partitioned), ...files);
    await checkpoint(table);
    const bytes = async (where?: string): Promise<number> => {
      table.store.reset();
      await plan(table, where);
      return table.store.totals().bytesRead;
    };
    const all = await bytes();
    expect((await plan(table, "p = '7'")).files).toHaveLength(20);
    expect((await plan(table, "id = 1234")).files).toHaveLength(1);
    expect(await bytes("p = 'nowhere'")).toBeLessThan(all * 0.6);
  });
});
