import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CommitActions, Metadata } from "../../../src/delta/protocol/actions.js";
import { onlyAddsColumns } from "../../../src/delta/protocol/added-columns.js";
import { judgeBarrier, type MyChanges } from "../../../src/delta/protocol/commit-barriers.js";
import { newTable } from "../../../src/delta/protocol/new-table.js";
import { tableConfiguration } from "../../../src/delta/protocol/table-configuration.js";
import { parseSchemaText } from "../../../src/schema/type-text.js";

const place = { file: "7.json" };
const define = (schema: string, properties: Readonly<Record<string, string>> = {}, partitionBy: readonly string[] = []) =>
  newTable({ schema: parseSchemaText(schema), partitionBy, properties: new Map(Object.entries(properties)) }, { tableId: "t", nowMs: 1 });
const first = define("id int, p string, n struct<x:int>");
const base = tableConfiguration(first.protocol, first.metadata, { protocol: place, metadata: place });

const blind: MyChanges = { protocol: undefined, metadata: undefined, domains: [], ignoresNewColumns: true };
const mergeOf: MyChanges = { ...blind, ignoresNewColumns: false };
const changing: MyChanges = { ...mergeOf, metadata: first.metadata };
const raising: MyChanges = { ...mergeOf, protocol: first.protocol };
const domainOf = (...names: readonly string[]): MyChanges => ({
  ...blind,
  domains: names.map((domain) => ({ domain, configuration: "{}", removed: false })),
});

const winner = (more: Partial<CommitActions>): CommitActions => ({ txns: [], domains: [], adds: [], removes: [], cdcs: [], ...more });
const redefined = (
  schema: string,
  properties: Readonly<Record<string, string>> = {},
  partitionBy: readonly string[] = [],
): CommitActions => winner({ metadata: define(schema, properties, partitionBy).metadata });
const same = "id int, p string, n struct<x:int>";
const commented = (comment: string): Metadata => {
  const fields = JSON.parse(define(`${same}, more int`).metadata.schemaString) as { fields: { metadata: object }[] };
  const schemaString = JSON.stringify({
    ...fields,
    fields: fields.fields.with(-1, { ...fields.fields[3], metadata: JSON.parse(comment) as object }),
  });
  return { ...first.metadata, schemaString };
};

type Kind = "open" | "metadata-changed" | "protocol-changed" | "concurrent-domain";

// Spark: checkProtocolCompatibility, checkNoMetadataUpdates, checkIfDomainMetadataConflict.
const rows: readonly (readonly [rule: string, mine: MyChanges, theirs: CommitActions, verdict: Kind])[] = [
  ["nothing but files bars nobody", blind, winner({}), "open"],
  ["a commit that changes the definition bars one that does so too", changing, redefined(same, { mine: "1" }), "metadata-changed"],
  ["a property of the user's own bars nobody else", mergeOf, redefined(same, { mine: "1" }), "open"],
  ["a property that writers obey bars all", blind, redefined(same, { "delta.appendOnly": "true" }), "metadata-changed"],
  ["another isolation level bars all", blind, redefined(same, { "delta.isolationLevel": "WriteSerializable" }), "metadata-changed"],
  ["a table of another id bars all", blind, winner({ metadata: { ...first.metadata, id: "other" } }), "metadata-changed"],
  ["another partitioning bars all", blind, redefined(same, {}, ["p"]), "metadata-changed"],
  ["a new nullable column lets pass who would leave it null", blind, redefined(`${same}, more int`), "open"],
  ["a new nullable column bars a merge, whose source may have it", mergeOf, redefined(`${same}, more int`), "metadata-changed"],
  ["a new column in a struct is like one at the top", blind, redefined("id int, p string, n struct<x:int,y:string>"), "open"],
  ["a new column before the others is one, too", blind, redefined(`more int, ${same}`), "open"],
  ["a new column that must not be null bars all", blind, redefined(`${same}, more int not null`), "metadata-changed"],
  ["a column less bars all", blind, redefined("id int, n struct<x:int>"), "metadata-changed"],
  ["a column of another type bars all", blind, redefined("id long, p string, n struct<x:int>"), "metadata-changed"],
  ["a column that may not be null any more bars all", blind, redefined("id int not null, p string, n struct<x:int>"), "metadata-changed"],
  ["a comment on the new column is no rule", blind, winner({ metadata: commented('{"comment":"c"}') }), "open"],
  ["an invariant on the new column is one", blind, winner({ metadata: commented('{"delta.invariants":"{}"}') }), "metadata-changed"],
  ["two changes of the protocol", raising, winner({ protocol: first.protocol }), "protocol-changed"],
  ["a protocol that changes nothing for this writer bars nobody else", blind, winner({ protocol: first.protocol }), "open"],
  [
    "a protocol that this writer does not know bars all",
    blind,
    winner({ protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ["fromTheFuture"] } }),
    "protocol-changed",
  ],
  ["two writes of one domain", domainOf("a", "b"), winner({ domains: domainOf("b").domains }), "concurrent-domain"],
  ["writes of two domains", domainOf("a"), winner({ domains: domainOf("b").domains }), "open"],
  ["the counter of row tracking", domainOf("delta.rowTracking"), winner({ domains: domainOf("delta.rowTracking").domains }), "open"],
];

describe("judgeBarrier", () => {
  test.each(rows)("%s", (_, mine, theirs, verdict) => {
    expect(judgeBarrier(base, theirs, mine, place).kind).toBe(verdict);
  });

  test("a barrier says what it is; what is open goes on with the winner's definition", () => {
    const closed = judgeBarrier(base, redefined(same, {}, ["p"]), blind, place);
    expect(closed).toMatchObject({ what: "the partitioning changed" });
    const open = judgeBarrier(base, redefined(`${same}, more int`), blind, place);
    expect(open.kind === "open" && open.next.schema.fields.map(({ name }) => name)).toEqual(["id", "p", "n", "more"]);
  });

  const column = fc.tuple(fc.constantFrom("a", "b", "c", "d", "e"), fc.constantFrom("int", "string", "int not null"));
  const schemaOf = fc.uniqueArray(column, { selector: ([name]) => name, minLength: 1 });

  test("only more columns, and all of them nullable: by names and types alone", () => {
    fc.assert(
      fc.property(schemaOf, schemaOf, (before, after) => {
        const text = (columns: typeof before) => parseSchemaText(columns.map((each) => each.join(" ")).join(", "));
        const old = new Map(before);
        const expected =
          before.every(([name, type]) => after.some((each) => each[0] === name && each[1] === type)) &&
          after.every(([name, type]) => old.has(name) || !type.endsWith("not null"));
        expect(onlyAddsColumns(text(before), text(after))).toBe(expected);
      }),
    );
  });
});
