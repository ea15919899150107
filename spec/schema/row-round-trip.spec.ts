import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchFromRows } from "../../src/schema/row-writer.js";
import { rowArrayReader, rowReader, type RowOptions } from "../../src/schema/row-reader.js";
import { resolveSchema } from "../../src/schema/schema-input.js";
import { types, field, struct } from "../../src/schema/data-types.js";
import { arbitraryBatch, arbitraryRows } from "../arbitraries/rows.js";
import { arbitrarySchema } from "../arbitraries/schema.js";

const schemaAndRows = arbitrarySchema().chain((schema) => fc.record({ schema: fc.constant(schema), rows: arbitraryRows(schema) }));

describe("rows to Arrow and back", () => {
  test("what was written is read, for every schema and every value", () => {
    fc.assert(
      fc.property(schemaAndRows, ({ schema, rows }) => {
        const batch = batchFromRows(rows, schema);
        expect([...rowReader(schema)(batch)]).toEqual(rows);
        expect(rowArrayReader(schema)(batch)).toEqual(rows);
      }),
      { numRuns: 150 },
    );
  });

  test("a slice of a batch reads as those rows", () => {
    const slices = arbitrarySchema().chain((schema) => fc.record({ schema: fc.constant(schema), part: arbitraryBatch(schema) }));
    fc.assert(
      fc.property(slices, ({ schema, part }) => {
        expect(rowArrayReader(schema)(part.batch)).toEqual(part.rows);
      }),
      { numRuns: 150 },
    );
  });

  test("rows in the exact forms of the options are taken back", () => {
    const forms: RowOptions[] = [{ timestamp: "micros" }, { map: "object" }];
    fc.assert(
      fc.property(schemaAndRows, fc.constantFrom(...forms), ({ schema, rows }, options) => {
        const batch = batchFromRows(rows, schema);
        const other = rowArrayReader(schema, options)(batch);
        // An object puts integer-like keys first; the same entries in the same order is what a Map promises only.
        expect(rowArrayReader(schema, { map: "object" })(batchFromRows(other, schema))).toEqual(
          rowArrayReader(schema, { map: "object" })(batch),
        );
      }),
      { numRuns: 150 },
    );
  });

  test("a void column is null in every row", () => {
    const schema = struct([field("nothing", types.void), field("id", types.int)]);
    const rows = [
      { nothing: null, id: 1 },
      { nothing: null, id: null },
    ];
    expect(rowArrayReader(schema)(batchFromRows(rows, schema))).toEqual(rows);
  });

  test("a batch without rows has the columns of its schema", () => {
    const schema = resolveSchema({ id: "long not null", tags: "array<string>", m: "map<string,int>", s: "struct<a:int>" });
    const batch = batchFromRows([], schema);
    expect(batch.numRows).toBe(0);
    expect(batch.schema.names).toEqual(["id", "tags", "m", "s"]);
    expect(rowArrayReader(schema)(batch)).toEqual([]);
  });

  test("a row that is kept does not change with its batch", () => {
    const schema = resolveSchema({ bytes: "binary" });
    const batch = batchFromRows([{ bytes: Uint8Array.of(1, 2) }], schema);
    const [row] = rowArrayReader(schema)(batch);
    batch.data.children[0]?.values.fill(9);
    expect(row).toEqual({ bytes: Uint8Array.of(1, 2) });
  });
});
