import { describe, expect, test } from "vitest";
import { col, DeltaTable, lit } from "../../src/index.js";
import { failureOf, idsOf, inThread, newLocation, people, usersTable } from "./tables.js";

const { ann, bob, eve } = people;
const dan = { user_id: 4n, name: "Dan", country: "JP", score: "1.00", tags: null, updated_at: null };

describe("merge", () => {
  test("updates what matches and inserts what does not", async () => {
    const users = await usersTable();
    const result = await users
      .merge({ source: [{ ...ann, score: "99.00" }, dan], on: "target.user_id = source.user_id" })
      .whenMatchedUpdateAll()
      .whenNotMatchedInsertAll()
      .execute();
    expect(result).toMatchObject({ version: 2, metrics: { rowsUpdated: 1, rowsInserted: 1, rowsCopied: 2, rowsDeleted: 0 } });
    expect(result.timestamp).toBeInstanceOf(Date);
    expect(await users.toArray({ where: "user_id in (1, 4)", columns: ["user_id", "score"] })).toEqual([
      { user_id: 1n, score: "99.00" },
      { user_id: 4n, score: "1.00" },
    ]);
    expect((await users.history({ limit: 1 }))[0]).toMatchObject({
      operation: "MERGE",
      operationMetrics: { numTargetRowsUpdated: "1", numTargetRowsInserted: "1" },
    });
  });

  test("column names are shorthand for equality", async () => {
    const users = await usersTable();
    await users
      .merge({ source: [ann, dan], on: ["user_id", "COUNTRY"] })
      .whenMatchedDelete()
      .whenNotMatchedInsertAll()
      .execute();
    expect(await idsOf(users)).toEqual([2n, 4n, eve.user_id]);
  });

  test("aliases are what as says, and a condition may be built", async () => {
    const users = await usersTable();
    await users
      .merge({ source: [{ id: 1n, points: 5 }], on: col("t.user_id").eq(col("s.id")), as: ["t", "s"] })
      .whenMatchedUpdate({ set: { score: "t.score + s.points", name: lit("Anna") }, where: "s.points > 0" })
      .execute();
    expect(await users.toArray({ where: "user_id = 1" })).toEqual([{ ...ann, score: "15.50", name: "Anna" }]);
  });

  test("all six kinds of clauses, in their order", async () => {
    const users = await usersTable();
    await users.append([{ ...dan, user_id: 5n, country: "FR" }]);
    const source = [
      { user_id: 1n, name: "Ann B.", country: "KR", op: "update" },
      { user_id: 2n, name: null, country: "US", op: "delete" },
      { user_id: 6n, name: "Fay", country: "NO", op: "insert" },
      { user_id: 7n, name: "Gus", country: "NO", op: "skip" },
    ];
    const result = await users
      .merge({ source, on: ["user_id"] })
      .whenMatchedDelete({ where: "source.op = 'delete'" })
      .whenMatchedUpdate({ set: { name: "source.name" } })
      .whenNotMatchedInsert({ values: { user_id: "source.user_id", name: "source.name", score: 1 }, where: "source.op = 'insert'" })
      .whenNotMatchedBySourceUpdate({ set: { country: lit("XX") }, where: "target.country = 'FR'" })
      .whenNotMatchedBySourceDelete()
      .execute();
    expect(result.metrics).toMatchObject({ rowsUpdated: 2, rowsDeleted: 2, rowsInserted: 1 });
    const rows = await users.toArray({ columns: ["user_id", "name", "country", "score"] });
    expect(rows.sort((a, b) => Number(a.user_id - b.user_id))).toEqual([
      { user_id: 1n, name: "Ann B.", country: "KR", score: "10.50" },
      { user_id: 5n, name: "Dan", country: "XX", score: "1.00" },
      { user_id: 6n, name: "Fay", country: null, score: "1.00" },
    ]);
  });

  test("columns that the source lacks keep their value on update and are null on insert", async () => {
    const users = await usersTable();
    await users
      .merge({
        source: [
          { user_id: 1n, name: "A." },
          { user_id: 8n, name: "H." },
        ],
        on: ["user_id"],
      })
      .whenMatchedUpdateAll()
      .whenNotMatchedInsertAll()
      .execute();
    expect(await users.toArray({ where: "user_id in (1, 8)" })).toEqual([
      { ...ann, name: "A." },
      { user_id: 8n, name: "H.", country: null, score: null, tags: null, updated_at: null },
    ]);
  });

  test("withSchemaEvolution adds the columns that the table lacks", async () => {
    const users = await usersTable();
    const source = [{ user_id: 1n, age: 30 }];
    await users
      .merge({ source, on: ["user_id"] })
      .withSchemaEvolution()
      .whenMatchedUpdateAll()
      .execute();
    expect(await users.toArray({ columns: ["user_id", "age"], where: "age is not null" })).toEqual([{ user_id: 1n, age: 30 }]);
  });

  test("a source is whatever append takes", async () => {
    const users = await usersTable();
    const changes = await DeltaTable.create(newLocation(), { schema: users.schema, ...inThread });
    await changes.append([dan]);
    await users
      .merge({ source: changes.scan(), on: ["user_id"] })
      .whenNotMatchedInsertAll()
      .execute();
    await users
      .merge({ source: await changes.toArrow(), on: ["user_id"] })
      .whenMatchedDelete()
      .execute();
    expect(await idsOf(users)).toEqual([1n, 2n, eve.user_id]);
  });

  test("a merge that is never executed does nothing, not even read its source", async () => {
    const users = await usersTable();
    let asked = 0;
    const source = (async function* () {
      asked += 1;
      yield dan;
    })();
    users.merge({ source, on: ["user_id"] }).whenNotMatchedInsertAll();
    await users.refresh();
    expect([asked, users.version]).toEqual([0, 1]);
  });

  test("every method gives a new builder: a beginning can be shared", async () => {
    const users = await usersTable();
    const begun = users.merge({ source: [{ ...bob, name: "B." }], on: ["user_id"] });
    begun.whenMatchedDelete();
    await begun.whenMatchedUpdateAll().execute();
    expect(await users.toArray({ where: "user_id = 2" })).toEqual([{ ...bob, name: "B." }]);
  });

  test("what is no merge is refused", async () => {
    const users = await usersTable();
    const source = [ann];
    await failureOf(users.merge({ source, on: ["user_id"] }).execute(), "merge/invalid-clause");
    await failureOf(users.merge({ source, on: [] }).whenMatchedDelete().execute(), "merge/invalid-condition");
    await failureOf(
      users
        .merge({ source, on: undefined as unknown as string })
        .whenMatchedDelete()
        .execute(),
      "merge/invalid-condition",
    );
    await failureOf(
      users
        .merge({ source, on: ["user_id"], as: ["t", "T"] })
        .whenMatchedDelete()
        .execute(),
      "usage/invalid-option",
    );
    await failureOf(() => users.merge({ source, on: ["user_id"] }).whenMatchedUpdate({ set: {} }), "usage/invalid-option");
    expect(users.version).toBe(1);
  });
});
