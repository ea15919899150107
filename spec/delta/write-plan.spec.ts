import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { field, struct, types } from "../../src/schema/data-types.js";
import { parseSchemaText } from "../../src/schema/type-text.js";
import { createTable, openFixture } from "../engine/fixture.js";

const nested = "p date, id long not null, s struct<x: int not null, a: array<struct<y: string>>> not null, t timestamp_ntz";

describe("makeWritePlan", () => {
  test("files hold everything but the partition columns, all of it optional, as Spark writes it", async () => {
    const table = await createTable(openFixture(), nested, { partitionBy: ["p"] });
    const plan = table.snapshot.writePlan();
    expect(plan.fileColumns).toEqual([1, 2, 3]);
    expect(plan.fileSchema).toEqual(parseSchemaText("id long, s struct<x: int, a: array<struct<y: string>>>, t timestamp_ntz"));
    expect(plan.rules.notNull).toEqual([["id"], ["s"], ["s", "x"]]);
    expect(plan.newPath([0])).toMatch(/^p=1970-01-01\/part-00000-[0-9a-f-]{36}-c000\.zstd\.parquet$/);
    expect(plan.newPath([null])).toMatch(/^p=__HIVE_DEFAULT_PARTITION__\//);
    expect(plan.newPath([0])).not.toBe(plan.newPath([0]));
  });

  test("properties decide codec, page format and size; an option beats the property", async () => {
    const properties = {
      "delta.parquet.compression.codec": "GZIP",
      "delta.parquet.format.version": "2.12.0",
      "delta.targetFileSize": "64mb",
    };
    const table = await createTable(openFixture(), "id int", { properties });
    expect(table.snapshot.writePlan()).toMatchObject({ compression: "gzip", formatVersion: "2.0", targetFileBytes: 64 << 20 });
    expect(table.snapshot.writePlan({ targetFileBytes: 5 }).targetFileBytes).toBe(5);
    const plain = (await createTable(openFixture(), "id int")).snapshot.writePlan();
    expect(plain).toMatchObject({ compression: "zstd", formatVersion: "1.0", targetFileBytes: 128 << 20 });
  });

  test("a change of the definition is planned for before it is committed", async () => {
    const table = await createTable(openFixture(), "id int", {});
    const plan = table.snapshot.writePlan({ metadata: { schema: parseSchemaText("id int, p int"), partitionBy: ["p"] } });
    expect([plan.partitionBy, plan.fileColumns]).toEqual([["p"], [0]]);
  });

  test("an invariant that cannot be read makes the table read-only, by name", async () => {
    const schema = struct([field("x", types.int, { metadata: { "delta.invariants": '{"expression":{"expression":"x >"}}' } })]);
    const table = await createTable(openFixture(), schema);
    let refusal: unknown;
    try {
      table.snapshot.writePlan();
    } catch (error) {
      refusal = error;
    }
    expect(LakeError.is(refusal, "delta/unsupported-feature")).toBe(true);
    expect(String(refusal)).toContain('"x"');
  });
});
