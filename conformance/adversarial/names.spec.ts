import { expect, test } from "vitest";
import { DeltaTable, col } from "laketable";

const names = [
  "__proto__",
  ...["constructor", "toString", "valueOf", "then", "length", "select", "1a", "ü", "日本", "😀"],
  ...["a.b", "a`b", "a'b", 'a"b', "a$b", "%20", "a\\b", "x/y"],
];
const options = { workers: 0 };
let tables = 0;

test.each(names)("a column called %s is a column like any other", async (name) => {
  const quoted = `\`${name.replaceAll("`", "``")}\``;
  const row = (k: number, value: string | null): Record<string, unknown> => record({ k }, name, value);
  const schema = record({ k: "int" }, name, "string") as Record<string, "string">;
  const table: DeltaTable = await DeltaTable.create(`memory://names-${tables++}`, { schema, ...options });
  await table.append([row(1, "a"), row(2, null)]);
  expect(await table.toArray()).toEqual([row(1, "a"), row(2, null)]);
  await table.update({ set: record({}, quoted, "'b'") as Record<string, string>, where: "k = 2" });
  await table
    .merge({ source: [row(2, "m"), row(3, "n")], on: ["k"] })
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .execute();
  await table.checkpoint();
  const again = await DeltaTable.open(table.url, options);
  expect(await again.count({ where: `${quoted} in ('a', 'm', 'n')` })).toBe(3);
  expect(await again.count({ where: col(quoted).eq("b") })).toBe(0);
  for await (const { stats } of again.files()) expect(Object.hasOwn(stats?.nullCount ?? {}, name)).toBe(true);
});

test.each(names)("a partition column called %s is one like any other", async (name) => {
  const row = (k: number, value: string | null): Record<string, unknown> => record({ k }, name, value);
  const values = ["plain", "v/%é:=\n\u0001{}^\"'", "..", " ", "😀", null];
  const schema = record({ k: "int" }, name, "string") as Record<string, "string">;
  const table: DeltaTable = await DeltaTable.create(`memory://names-${tables++}`, { schema, partitionBy: [name], ...options });
  await table.append(values.map((value, k) => row(k, value)));
  await table.checkpoint();
  const again = await DeltaTable.open(table.url, options);
  const found = await again.toArray();
  expect(found.sort((a, b) => Number(a["k"]) - Number(b["k"]))).toEqual(values.map((value, k) => row(k, value)));
  const partitions: unknown[] = [];
  for await (const { partition } of again.files()) partitions.push(Object.getOwnPropertyDescriptor(partition, name)?.value);
  expect(new Set(partitions)).toEqual(new Set(values));
});

/** `base` and an own property `name`, whatever the name. */
function record(base: Readonly<Record<string, unknown>>, name: string, value: unknown): Record<string, unknown> {
  return Object.fromEntries([...Object.entries(base).filter(([key]) => key !== name), [name, value]]);
}
