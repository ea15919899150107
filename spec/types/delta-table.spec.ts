import type { RecordBatch } from "apache-arrow";
import { expectTypeOf, test } from "vitest";
import type { CreateTableOptions, DeltaTable, Row, RowInputOf, RowOf } from "../../src/index.js";

const schema = { id: "long not null", name: "string", at: "timestamp", price: "decimal(9,2)", tags: "map<string,long>" } as const;
type S = typeof schema;
type Input = RowInputOf<S>;
type ColumnName = "id" | "name" | "at" | "price" | "tags";

/** What `create` resolves to; nothing here runs. */
declare const table: DeltaTable<RowOf<S>, Input, S>;
declare const untyped: DeltaTable;
type Yielded<G> = G extends AsyncGenerator<infer T> ? T : never;
type Given<T extends (...args: never) => unknown> = Parameters<T>[0];

interface User {
  readonly id: bigint;
  readonly name: string | null;
}
declare const users: DeltaTable<User>;

/** Checks types and runs nothing. */
const types = (name: string, check: () => void): void => test(name, () => void check);

types("create infers the row from the schema literal", () => {
  const create = (Table: typeof DeltaTable) => Table.create("t", { schema, partitionBy: ["name"] });
  expectTypeOf<Awaited<ReturnType<typeof create>>>().toEqualTypeOf<DeltaTable<RowOf<S>, Input, S>>();
  // A partition column that is not in the schema does not compile.
  type PartitionBy = NonNullable<CreateTableOptions<S, ColumnName>["partitionBy"]>[number];
  expectTypeOf<PartitionBy>().toEqualTypeOf<ColumnName>();
});

types("rows and toArray yield the row", () => {
  expectTypeOf<Yielded<ReturnType<typeof table.rows>>>().toExtend<Row>();
  expectTypeOf(table.rows()).toEqualTypeOf<AsyncGenerator<RowOf<S>, void, undefined>>();
  expectTypeOf(table.toArray({ where: "id = 1" })).resolves.toEqualTypeOf<RowOf<S>[]>();
  expectTypeOf(users.rows()).toEqualTypeOf<AsyncGenerator<User, void, undefined>>();
  expectTypeOf(untyped.toArray({ columns: ["id"], long: "number" })).resolves.items.toExtend<Record<string, unknown>>();
  expectTypeOf(table.scan()).toEqualTypeOf<AsyncGenerator<RecordBatch, void, undefined>>();
});

types("columns narrow the row, without regard to case", () => {
  expectTypeOf(table.toArray({ columns: ["ID", "price"] })).resolves.items.toEqualTypeOf<{ id: bigint; price: string | null }>();
  const chosen: string[] = [];
  expectTypeOf(table.toArray({ columns: chosen })).resolves.items.toEqualTypeOf<RowOf<S>>();
});

types("spellings change the row where the schema is known, else leave it unknown", () => {
  expectTypeOf(table.toArray({ long: "number", decimal: "number", timestamp: "date", map: "object" })).resolves.items.toEqualTypeOf<{
    id: number;
    name: string | null;
    at: Date | null;
    price: number | null;
    tags: Record<string, number | null> | null;
  }>();
  expectTypeOf(users.toArray({ long: "number" })).resolves.items.toEqualTypeOf<{ readonly id: unknown; readonly name: unknown }>();
});

types("append takes rows with nullable columns left out, and Arrow", () => {
  expectTypeOf<{ id: bigint }[]>().toExtend<Given<typeof table.append>>();
  expectTypeOf<{ id: number; name: null }[]>().toExtend<Given<typeof table.append>>();
  expectTypeOf<AsyncGenerator<RecordBatch>>().toExtend<Given<typeof table.append>>();
  expectTypeOf<{ name: string }[]>().not.toExtend<Given<typeof table.append>>();
  expectTypeOf<{ id: string }[]>().not.toExtend<Given<typeof table.append>>();
});

types("merge takes sources of fewer and of other columns, in rows of several kinds, and Arrow", () => {
  table.merge({ source: [{ id: 1n, op: "delete" }], on: ["id"] });
  table.merge({
    source: [
      { id: 1n, name: "a" },
      { id: 2, name: null, at: new Date(0) },
    ],
    on: ["id"],
  });
  table.merge({ source: [{ key: 1n }], on: "target.id = source.key" });
  table.merge({ source: table.scan(), on: ["id"] });
  table.merge({ source: untyped.rows(), on: ["id"] });
  users.merge({ source: users.rows(), on: ["id"] });
});

types("merge refuses values that a column of that name does not take", () => {
  type Checked = Parameters<typeof table.merge<{ id: string }[]>>[0]["source"];
  expectTypeOf<{ id: string }[]>().not.toExtend<Checked>();
  expectTypeOf<{ id: bigint }[]>().toExtend<Parameters<typeof table.merge<{ id: bigint }[]>>[0]["source"]>();
});
