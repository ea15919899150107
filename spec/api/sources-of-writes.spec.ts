import { describe, expect, test } from "vitest";
import { DeltaTable } from "../../src/index.js";
import { failureOf, inThread, newLocation } from "./tables.js";

interface Item {
  readonly id: number;
  readonly n: number;
}

const schema = { id: "int", n: "int" } as const;

async function itemsTable(count: number, options: { readonly memoryLimit?: number } = {}): Promise<DeltaTable<Item>> {
  const table = await DeltaTable.create(newLocation(), { schema, ...inThread });
  await table.append(Array.from({ length: count }, (_, id) => ({ id, n: 0 })));
  return DeltaTable.open<Item>(table.url, { ...inThread, ...options });
}

/** Rows whose reader is told when it may stop. */
function rowsThat(
  between: (id: number) => Promise<unknown>,
  count: number,
): { rows: AsyncGenerator<Item>; state: { taken: number; closed: boolean } } {
  const state = { taken: 0, closed: false };
  async function* rows(): AsyncGenerator<Item> {
    try {
      for (let id = 0; id < count; id++) {
        await between(id);
        state.taken++;
        yield { id, n: 1 };
      }
    } finally {
      state.closed = true;
    }
  }
  return { rows: rows(), state };
}

const writes = {
  append: (table: DeltaTable<Item>, rows: AsyncIterable<Item>) => table.append(rows),
  overwrite: (table: DeltaTable<Item>, rows: AsyncIterable<Item>) => table.overwrite(rows),
  merge: (table: DeltaTable<Item>, rows: AsyncIterable<Item>) =>
    table
      .merge({ source: rows, on: ["id"] })
      .whenMatchedUpdateAll()
      .whenNotMatchedInsertAll()
      .execute(),
};

describe.each(Object.entries(writes))("%s with rows that come while it runs", (_, write) => {
  test("refuses writes of its own handle by what it waits for", async () => {
    const table = await itemsTable(3);
    for (const nested of [() => table.append([{ id: 9, n: 9 }]), () => table.delete("id = 1"), () => table.refresh()]) {
      const { rows, state } = rowsThat(nested, 2);
      await failureOf(() => write(table, rows), "table/nested-write");
      expect(state).toEqual({ taken: 0, closed: true });
    }
    expect(table.version).toBe(1);
    await write(table, rowsThat(async () => {}, 2).rows);
    expect(table.version).toBe(2);
  });

  test("lets another handle write", async () => {
    const table = await itemsTable(3);
    const other = await DeltaTable.create(newLocation(), { schema, ...inThread });
    const second = await DeltaTable.open<Item>(table.url, inThread);
    const { rows } = rowsThat(async (id) => {
      await other.append([{ id, n: 0 }]);
      if (write !== writes.overwrite) await second.append([{ id: id + 100, n: 0 }]);
    }, 2);
    await write(table, rows);
    expect(await other.count()).toBe(2);
  });
});

describe("the source of a merge", () => {
  test("may be a scan of the table itself, through the same handle", async () => {
    const table = await itemsTable(5);
    const source = table.scan({ where: "id >= 3" });
    const { metrics } = await table
      .merge({ source, on: "target.id = source.id" })
      .whenMatchedUpdate({ set: { n: "source.n + 7" } })
      .execute();
    expect(metrics).toMatchObject({ rowsUpdated: 2, rowsInserted: 0 });
    expect((await table.toArray()).map(({ n }) => n).sort()).toEqual([0, 0, 0, 7, 7]);
  });

  test("that is larger than its share of the memory limit is read no further, and refused", async () => {
    const memoryLimit = 1 << 20;
    const table = await itemsTable(3, { memoryLimit });
    const { rows, state } = rowsThat(async () => {}, Infinity);
    const error = await failureOf(
      () =>
        table
          .merge({ source: rows, on: ["id"] })
          .whenNotMatchedInsertAll()
          .execute(),
      "memory/budget-exceeded",
    );
    expect(error.message).toMatch(/memoryLimit/);
    expect(error.context).toMatchObject({ memoryLimit: memoryLimit / 2 });
    expect(state.closed).toBe(true);
    // Two columns of four bytes; rows are gathered to batches before they are counted.
    expect(state.taken * 8).toBeLessThanOrEqual(memoryLimit);
    expect((await table.refresh()).version).toBe(1);
  });
});
