import { createRequire } from "node:module";
import * as arrow from "apache-arrow";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromArrowSchema } from "../../src/schema/arrow-mapping.js";
import { toBatches, type ToBatchesOptions } from "../../src/schema/batch-input.js";
import { rowArrayReader } from "../../src/schema/row-reader.js";
import { batchFromRows } from "../../src/schema/row-writer.js";
import { resolveSchema } from "../../src/schema/schema-input.js";
import { formatSchemaText } from "../../src/schema/type-text.js";
import { arbitraryRows } from "../arbitraries/rows.js";
import { arbitrarySchema } from "../arbitraries/schema.js";

const other = createRequire(import.meta.url)("apache-arrow") as typeof arrow;

async function collect(data: unknown, options?: ToBatchesOptions): Promise<{ rows: unknown[]; sizes: number[]; schemas: string[] }> {
  const rows: unknown[] = [];
  const sizes: number[] = [];
  const schemas: string[] = [];
  for await (const batch of toBatches(data, options)) {
    const schema = fromArrowSchema(batch.schema);
    rows.push(...rowArrayReader(schema)(batch));
    sizes.push(batch.numRows);
    schemas.push(formatSchemaText(schema));
  }
  return { rows, sizes, schemas };
}

async function* later<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

const schema = resolveSchema({ id: "long", name: "string" });
const rows = Array.from({ length: 10 }, (_, i) => ({ id: BigInt(i), name: `n${i}` }));

describe("data to write", () => {
  test("is the same rows in every form, in batches of bounded size", async () => {
    const whole = batchFromRows(rows, schema);
    const forms: unknown[] = [
      rows,
      whole,
      new arrow.Table([whole]),
      [whole.slice(0, 3), whole.slice(3)],
      new Set(rows),
      rows.values(),
      later(rows),
      later([whole]),
      later([whole.slice(0, 4), ...rows.slice(4, 6), new arrow.Table([whole.slice(6)])]),
      other.tableFromIPC(arrow.tableToIPC(new arrow.Table([whole]))),
    ];
    for (const form of forms) {
      const got = await collect(form, { schema, batchRows: 4 });
      expect(got.rows).toEqual(rows);
      expect(Math.max(...got.sizes)).toBeLessThanOrEqual(4);
      expect(new Set(got.schemas)).toEqual(new Set(["id long, name string"]));
    }
  });

  test("keeps all rows, for every schema and size of batch", async () => {
    const any = arbitrarySchema({ maxDepth: 1 }).chain((s) =>
      fc.record({
        s: fc.constant(s),
        given: arbitraryRows(s, { maxLength: 30 }),
        batchRows: fc.integer({ min: 1, max: 9 }),
        isAsync: fc.boolean(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(any, async ({ s, given, batchRows, isAsync }) => {
        const got = await collect(isAsync ? later(given) : given, { schema: s, batchRows });
        expect(got.rows).toEqual(given);
        expect(got.sizes.every((size) => size <= batchRows)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("without rows is one empty batch when the schema is known", async () => {
    expect(await collect([], { schema })).toEqual({ rows: [], sizes: [0], schemas: ["id long, name string"] });
    expect((await collect(later([]), { schema })).sizes).toEqual([0]);
    expect((await collect(batchFromRows([], schema))).sizes).toEqual([0]);
    expect((await collect([])).sizes).toEqual([]);
  });

  test("without a schema is inferred: an array as a whole, an iterable as it comes", async () => {
    expect((await collect([{ a: 1 }, { b: "x" }], { batchRows: 1 })).schemas).toEqual(["a double, b string", "a double, b string"]);
    expect((await collect(later([{ a: 1 }, { b: "x" }]), { batchRows: 1 })).schemas).toEqual(["a double", "a double, b string"]);
    await expect(collect(later([{ a: 1 }, { a: "x" }]), { batchRows: 1 })).rejects.toMatchObject({ code: "schema/incompatible" });
  });

  test("with fields that the schema lacks is refused, or has them added", async () => {
    await expect(collect([{ id: 1n }, { id: 2n, extra: 1 }], { schema })).rejects.toMatchObject({
      code: "schema/unknown-field",
      context: { row: 1 },
    });
    const got = await collect([{ id: 1 }, { id: 2, extra: { x: 1 } }], { schema, allowUnknown: true });
    expect(got.schemas).toEqual(["id long, name string, extra struct<x:double>"]);
    expect(got.rows).toEqual([
      { id: 1n, name: null, extra: null },
      { id: 2n, name: null, extra: { x: 1 } },
    ]);
  });

  test("in part leaves out the columns that no row has", async () => {
    expect((await collect([{ id: 1 }, { ID: 2 }], { schema, partial: true })).schemas).toEqual(["id long"]);
    expect((await collect([{ id: 1 }, { id: 2, name: null }], { schema, partial: true })).schemas).toEqual(["id long, name string"]);
    expect((await collect([{ id: 1, name: undefined }], { schema, partial: true, batchRows: 1 })).schemas).toEqual(["id long"]);
    expect((await collect([], { schema, partial: true })).schemas).toEqual(["id long, name string"]);
  });

  test("counts rows across batches in its refusals", async () => {
    const bad = [...rows, { id: "x", name: "y" }];
    await expect(collect(bad, { schema, batchRows: 3 })).rejects.toMatchObject({ context: { row: 10 } });
    await expect(collect(later(bad), { schema, batchRows: 3 })).rejects.toMatchObject({ context: { row: 10 } });
  });

  test("comes in smaller batches when rows are large", async () => {
    const large = Array.from({ length: 40 }, () => ({ id: 1n, name: "x".repeat(2 * 1024 * 1024) }));
    const { sizes } = await collect(large, { schema });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(16);
  });

  test("that is neither batches nor rows is refused with advice", async () => {
    const cases: [unknown, string][] = [
      [{ id: 1n }, "[row]"],
      [Promise.resolve([]), "await it"],
      ["rows", "array of rows"],
      [null, "array of rows"],
      [5, "array of rows"],
      [new Map(), "array of rows"],
    ];
    for (const [data, words] of cases) {
      await expect(collect(data, { schema })).rejects.toMatchObject({
        code: "schema/type-mismatch",
        message: expect.stringContaining(words) as string,
      });
    }
    await expect(collect([1], { schema })).rejects.toMatchObject({ code: "schema/type-mismatch" });
    await expect(collect("text", { schema })).rejects.toMatchObject({ code: "schema/type-mismatch" });
  });

  test("ends when its signal aborts, and closes its source", async () => {
    const controller = new AbortController();
    let closed = false;
    const source = (function* () {
      try {
        for (;;) yield { id: 1n, name: "x" };
      } finally {
        closed = true;
      }
    })();
    const reading = (async () => {
      for await (const batch of toBatches(source, { schema, batchRows: 5, signal: controller.signal })) {
        expect(batch.numRows).toBe(5);
        controller.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: "usage/aborted" });
    expect(closed).toBe(true);
  });
});
