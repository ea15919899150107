import type { Schema as ArrowSchema } from "apache-arrow";
import { expectTypeOf, test } from "vitest";
import type { ColumnNameOf, Row, RowInputOf, RowOf } from "../../src/schema/row-type.js";
import type { SchemaInput } from "../../src/schema/schema-input.js";
import type { StructType } from "../../src/schema/types.js";

/** What `create` does with its schema: keeps the literal. */
declare function schemaOf<const S extends SchemaInput>(schema: S): { row: RowOf<S>; input: RowInputOf<S>; name: ColumnNameOf<S> };

type Column<T extends string> = RowOf<{ c: T }>["c"];
type InputColumn<T extends string> = RowInputOf<{ c: T }> extends { c: infer Value } ? Value : never;

test("a schema literal gives the type of its rows", () => {
  type Users = RowOf<{
    user_id: "long not null";
    name: "string";
    score: "decimal(12,2)";
    tags: "array<string>";
    updated_at: "timestamp";
  }>;
  expectTypeOf<Users>().toEqualTypeOf<{
    user_id: bigint;
    name: string | null;
    score: string | null;
    tags: (string | null)[] | null;
    updated_at: string | null;
  }>();
});

test("every flat type has its JavaScript type", () => {
  expectTypeOf<Column<"byte">>().toEqualTypeOf<number | null>();
  expectTypeOf<Column<"SmallInt not null">>().toEqualTypeOf<number>();
  expectTypeOf<Column<"integer">>().toEqualTypeOf<number | null>();
  expectTypeOf<Column<" BIGINT  Not  Null ">>().toEqualTypeOf<bigint>();
  expectTypeOf<Column<"real">>().toEqualTypeOf<number | null>();
  expectTypeOf<Column<"double not null comment 'x > y'">>().toEqualTypeOf<number>();
  expectTypeOf<Column<"numeric ( 12 , 2 ) not null">>().toEqualTypeOf<string>();
  expectTypeOf<Column<"boolean">>().toEqualTypeOf<boolean | null>();
  expectTypeOf<Column<"binary not null">>().toEqualTypeOf<Uint8Array>();
  expectTypeOf<Column<"date">>().toEqualTypeOf<string | null>();
  expectTypeOf<Column<"timestamp_ntz not null">>().toEqualTypeOf<string>();
  expectTypeOf<Column<"void">>().toEqualTypeOf<null>();
  expectTypeOf<Column<"variant">>().toEqualTypeOf<unknown>();
});

test("nested types nest", () => {
  expectTypeOf<Column<"array<int not null> not null">>().toEqualTypeOf<number[]>();
  expectTypeOf<Column<"array<array<decimal(5,2)>>">>().toEqualTypeOf<((string | null)[] | null)[] | null>();
  expectTypeOf<Column<"map<string,long not null> not null">>().toEqualTypeOf<Map<string, bigint>>();
  expectTypeOf<Column<"map<date, array<int>>">>().toEqualTypeOf<Map<string, (number | null)[] | null> | null>();
  expectTypeOf<Column<"struct<a:int,b:string not null> not null">>().toEqualTypeOf<{ a: number | null; b: string }>();
  expectTypeOf<Column<"struct<a int comment 'x', `b c`: map<string, struct<d: decimal(3,1)>>>">>().toEqualTypeOf<{
    a: number | null;
    "b c": Map<string, { d: string | null } | null> | null;
  } | null>();
  expectTypeOf<Column<"array<struct<x:int not null,y:array<string>>>">>().toEqualTypeOf<
    ({ x: number; y: (string | null)[] | null } | null)[] | null
  >();
});

test("a text that cannot be read is unknown", () => {
  expectTypeOf<Column<"strnig">>().toEqualTypeOf<unknown>();
  expectTypeOf<Column<"array<int">>().toEqualTypeOf<unknown>();
  expectTypeOf<Column<"int string">>().toEqualTypeOf<unknown>();
  expectTypeOf<Column<string>>().toEqualTypeOf<unknown>();
});

test("row options change the forms, at every depth", () => {
  type S = {
    l: "long not null";
    a: "array<long> not null";
    d: "decimal(5,2) not null";
    t: "timestamp not null";
    m: "map<string,long> not null";
  };
  expectTypeOf<RowOf<S, { long: "number"; decimal: "number"; timestamp: "date"; map: "object" }>>().toEqualTypeOf<{
    l: number;
    a: (number | null)[];
    d: number;
    t: Date;
    m: Record<string, number | null>;
  }>();
  expectTypeOf<RowOf<S, { long: "string"; timestamp: "micros" }>["l"]>().toEqualTypeOf<string>();
  expectTypeOf<RowOf<S, { timestamp: "micros" }>["t"]>().toEqualTypeOf<bigint>();
});

test("input takes more forms, and nullable columns may be absent", () => {
  expectTypeOf<InputColumn<"long not null">>().toEqualTypeOf<bigint | number>();
  expectTypeOf<InputColumn<"decimal(5,2) not null">>().toEqualTypeOf<string | number>();
  expectTypeOf<InputColumn<"timestamp not null">>().toEqualTypeOf<string | Date | bigint>();
  expectTypeOf<InputColumn<"array<int> not null">>().toEqualTypeOf<readonly (number | null)[]>();
  type Input = RowInputOf<{ id: "long not null"; name: "string"; s: "struct<a:int not null,b:int>" }>;
  expectTypeOf<{ id: 1 }>().toExtend<Input>();
  expectTypeOf<{ id: 1n; name: null; s: { a: 1 } }>().toExtend<Input>();
  expectTypeOf<{ id: 1n; name: undefined; s: { a: 1; b: null } }>().toExtend<Input>();
  // a not null column is required
  expectTypeOf<{ name: "x" }>().not.toExtend<Input>();
  // null is no value of a not null column
  expectTypeOf<{ id: null }>().not.toExtend<Input>();
  // a string is no long
  expectTypeOf<{ id: "1" }>().not.toExtend<Input>();
  // a not null field of a struct is required
  expectTypeOf<{ id: 1; s: { b: 1 } }>().not.toExtend<Input>();
});

test("rows that are read can be written", () => {
  type S = { id: "long not null"; m: "map<string,array<struct<d:decimal(5,2) not null,t:timestamp>>>"; b: "binary" };
  expectTypeOf<RowOf<S>>().toExtend<RowInputOf<S>>();
});

test("a column list gives its rows too", () => {
  const columns = () =>
    schemaOf([
      { name: "id", type: "long", nullable: false },
      { name: "tags", type: "array<string>" },
      { name: "d", type: "date not null" },
      { name: "x", type: { kind: "int" } },
    ]);
  type Columns = ReturnType<typeof columns>;
  expectTypeOf<Columns["row"]>().toEqualTypeOf<{ id: bigint; tags: (string | null)[] | null; d: string; x: unknown }>();
  expectTypeOf<Columns["name"]>().toEqualTypeOf<"id" | "tags" | "d" | "x">();
  expectTypeOf<{ id: 1; d: "2026-01-31" }>().toExtend<Columns["input"]>();
  // id and d are not null
  expectTypeOf<{ id: 1 }>().not.toExtend<Columns["input"]>();
});

test("column names are those of the literal", () => {
  expectTypeOf<ColumnNameOf<{ id: "long"; country: "string" }>>().toEqualTypeOf<"id" | "country">();
  expectTypeOf<"city">().not.toExtend<ColumnNameOf<{ id: "long" }>>();
});

test("schemas that the compiler does not see into give rows of unknown", () => {
  expectTypeOf<RowOf<StructType>>().toEqualTypeOf<Row>();
  expectTypeOf<RowInputOf<StructType>>().toEqualTypeOf<Row>();
  expectTypeOf<RowOf<ArrowSchema>>().toEqualTypeOf<Row>();
  expectTypeOf<ColumnNameOf<ArrowSchema>>().toEqualTypeOf<string>();
  expectTypeOf<ArrowSchema>().toExtend<SchemaInput>();
  expectTypeOf<StructType>().toExtend<SchemaInput>();
});
