import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { bind, bindPredicate } from "../../src/expression/bind.js";
import { col } from "../../src/expression/build.js";
import type { BoundExpression } from "../../src/expression/expression.js";
import { formatExpression } from "../../src/expression/format.js";
import { parseExpression } from "../../src/expression/parse.js";
import { tableScope, type Scope } from "../../src/expression/scope.js";
import { formatType, parseSchemaText } from "../../src/schema/type-text.js";

const users = parseSchemaText(
  "user_id long not null, Name string, country string, score decimal(12,2), info struct<age: int, `home town`: string>, " +
    "tags array<string>, extra map<string,int>, updated_at timestamp, day date",
);
const scope = tableScope(users);
const merge: Scope = {
  columns: [
    ...tableScope(users, "target").columns,
    ...tableScope(parseSchemaText("user_id long, name string, delta int"), "source").columns,
  ],
};

const bound = (sql: string, within: Scope = scope): BoundExpression => bind(parseExpression(sql), within);
const typeOf = (sql: string): string => formatType(bound(sql).type);

function errorOf(sql: string, within: Scope = scope): LakeError {
  try {
    bound(sql, within);
  } catch (error) {
    if (LakeError.is(error)) return error;
    throw error;
  }
  throw new Error(`${sql} was bound`);
}

describe("names", () => {
  test("are matched without regard to case, and spelled as the schema has them", () => {
    expect(bound("NAME")).toEqual({ kind: "reference", slot: 1, path: ["Name"], type: { kind: "string" }, nullable: true });
    expect(bound("user_ID")).toMatchObject({ slot: 0, nullable: false });
  });
  test("reach into structs, maps and arrays", () => {
    expect(bound("INFO.Age")).toMatchObject({ kind: "reference", slot: 4, path: ["info", "age"] });
    expect(bound("info.`home town`")).toMatchObject({ path: ["info", "home town"] });
    expect(typeOf("extra.some_key")).toBe("int");
    expect(typeOf("tags[0]")).toBe("string");
  });
  test("may be qualified, and must be where two relations have them", () => {
    expect(bound("target.user_id", merge)).toMatchObject({ slot: 0 });
    expect(bound("SOURCE.name", merge)).toMatchObject({ slot: 10 });
    expect(bound("delta", merge)).toMatchObject({ slot: 11 });
    const error = errorOf("user_id = 1", merge);
    expect(error.code).toBe("expression/ambiguous-column");
    expect(error.message).toContain("target.user_id or source.user_id");
  });
  test("a qualifier is tried before a struct of the same name", () => {
    const both: Scope = { columns: [...tableScope(parseSchemaText("x int, target struct<x: string>"), "target").columns] };
    expect(bound("target.x", both)).toMatchObject({ slot: 0 });
    expect(bound("target.target.x", both)).toMatchObject({ slot: 1, path: ["target", "x"] });
  });
  test("that are unknown are refused with the columns there are and the nearest of them", () => {
    const error = errorOf("contry = 'KR'");
    expect(error.code).toBe("expression/unknown-column");
    expect(error.message).toMatch(/no column contry in contry = 'KR'\. Did you mean country\?.*columns are: user_id, Name,/);
    expect(errorOf("target.usr_id = 1", merge).message).toContain("Did you mean target.user_id?");
    const spaced = tableScope(parseSchemaText("`Home Town` string"));
    expect(errorOf("home_town = 'Seoul'", spaced).message).toContain("Did you mean `Home Town`?");
    expect(errorOf("info.agee").message).toMatch(/Did you mean age\?.*fields are: age, home town/);
  });
  test("that look like a text without its quotes say so", () => {
    expect(errorOf("Bob").message).toContain('did you mean lit("Bob")?');
    expect(errorOf("country = KR").message).toContain("did you mean 'KR'?");
  });
});

describe("types", () => {
  test.each([
    ["user_id + 1", "long"],
    ["score * 2", "decimal(14,2)"],
    ["score * 2.5", "decimal(15,3)"],
    ["score / 3", "decimal(16,6)"],
    ["user_id / 2", "double"],
    ["user_id div 2", "long"],
    ["score > 10", "boolean"],
    ["case when country = 'KR' then 1 else 2.5 end", "decimal(11,1)"],
    ["coalesce(day, updated_at)", "timestamp"],
    ["name || user_id", "string"],
    ["current_date", "date"],
    ["current_timestamp()", "timestamp"],
    ["info", "struct<age:int,`home town`:string>"],
  ])("%s is a %s", (sql, type) => expect(typeOf(sql)).toBe(type));

  test("implicit casts are spelled out, on the literal where they can be", () => {
    expect(formatExpression(bound("score > 10"))).toBe("score > CAST(10.00 AS decimal(12,2))");
    expect(formatExpression(bound("user_id = '5'"))).toBe("user_id = 5L");
    expect(formatExpression(bound("day >= '2024-01-01'"))).toBe("day >= DATE '2024-01-01'");
    expect(formatExpression(bound("updated_at > day"))).toBe("updated_at > CAST(day AS timestamp)");
    expect(formatExpression(bound("1 + 2 * 3 = user_id"))).toBe("7L = user_id");
  });
  test("operations that raise on literals are left for the rows that need them", () => {
    expect(bound("1 / 0")).toMatchObject({ kind: "call", name: "/" });
  });
  test.each([
    ["day + day", /there is no date \+ date/],
    ["day - day", /datediff/],
    ["name + day", /there is no/],
    ["country and true", /and takes booleans, found a string/],
    ["tags = 1", /array<string>.*have no type in common/],
    ["extra = extra", /map<string,int> cannot be compared/],
    ["cast(info as int)", /struct<.*> cannot be cast to int/],
    ["upper(tags)", /tags is a array<string> where a string is expected/],
    ["case when name then 1 end", /a condition must be boolean/],
    ["substring(name)", /substring takes 2 to 3 arguments, found 1/],
    ["interval 1 day", /only beside \+ or -/],
    ["name.first", /which has no fields/],
  ])("%s is refused, naming the types", (sql, message) => {
    const error = errorOf(sql);
    expect(error.code).toBe("expression/type-mismatch");
    expect(error.message).toMatch(message);
  });
  test("functions that there are not are refused by what they are", () => {
    expect(errorOf("uper(name)").message).toContain("Did you mean upper?");
    expect(errorOf("sum(score)").message).toContain("aggregate");
    expect(errorOf("rank()").message).toContain("window function");
    expect(errorOf("name rlike 'x'").message).toContain("regular expression");
    expect(errorOf("rand()").message).toContain("another value each time");
    expect(errorOf("sum(score)").code).toBe("expression/unknown-function");
  });
  test("a predicate must be boolean; null is one", () => {
    expect(bindPredicate(parseExpression("null"), scope)).toEqual({ kind: "literal", value: null, type: { kind: "boolean" } });
    expect(() => bindPredicate(parseExpression("score + 1"), scope)).toThrow(/must be true or false.*decimal/);
  });
  test("an expression built too deep is refused", () => {
    let node = col("score").plus(1);
    for (let i = 0; i < 2000; i++) node = node.plus(1);
    expect(() => bind(node.node, scope)).toThrow(/nests deeper/);
  });
});
