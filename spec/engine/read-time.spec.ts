import { expect, test } from "vitest";
import { countRows } from "../../src/engine/count.js";
import { explainScan } from "../../src/engine/explain.js";
import { listFiles } from "../../src/engine/list-files.js";
import { overwriteRows } from "../../src/engine/overwrite.js";
import { append, batch, createTable, openFixture, rowsOf, sql } from "./fixture.js";

const columns = "id int, at timestamp";
const past = { id: 1, at: "2001-01-01T00:00:00.000000Z" };
const future = { id: 2, at: "9001-01-01T00:00:00.000000Z" };

test("every read knows the time of the statement, and prunes by it", async () => {
  const fixture = openFixture();
  const { snapshot } = await append(fixture, await createTable(fixture, columns), [past], [future]);
  const where = "at > current_timestamp() and to_date(at) >= current_date";
  expect(await rowsOf(fixture, snapshot, { where })).toEqual([future]);
  expect(await countRows(fixture.context, snapshot, { where: sql(where) })).toBe(1);
  expect((await explainScan(fixture.context, snapshot, { where: sql(where) })).files).toMatchObject({ total: 2, kept: 1 });
  const files = [];
  for await (const file of listFiles(fixture.context, snapshot, { where: sql(where) })) files.push(file);
  expect(files).toHaveLength(1);
});

test("an overwrite replaces what matches at its time", async () => {
  const fixture = openFixture();
  const table = await append(fixture, await createTable(fixture, columns), [past, future]);
  const data = [batch(columns, [{ ...future, id: 3 }])];
  const { table: after } = await overwriteRows(fixture.context, table, { data, where: sql("at > current_timestamp()") });
  expect((await rowsOf(fixture, after.snapshot)).map(({ id }) => id).sort()).toEqual([1, 3]);
});

test("columns that are no list are refused", async () => {
  const fixture = openFixture();
  const { snapshot } = await createTable(fixture, columns);
  const columnsAsText = "id" as unknown as readonly string[];
  await expect(rowsOf(fixture, snapshot, { columns: columnsAsText })).rejects.toMatchObject({ code: "usage/invalid-option" });
});
