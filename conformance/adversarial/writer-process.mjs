// Writes for ever and tells every commit on stdout: node writer-process.mjs LIBRARY URL FIRST-KEY ROUNDS append|all
import { writeSync } from "node:fs";

const [, , library, url, first, rounds, kinds] = process.argv;
const { DeltaTable } = await import(library);
const table = await DeltaTable.open(url, { workers: 0 });

for (let round = 0; round < Number(rounds); round++) {
  const base = Number(first) + round * 10;
  const batch = Array.from({ length: 10 }, (_, at) => ({ k: base + at, part: at % 3, text: `row ${base + at}` }));
  // Said before and after: what is begun and not told of may be there as a whole or not at all.
  writeSync(1, `begin ${base}\n`);
  const kind = kinds === "append" ? 0 : round % 3;
  if (kind === 0) await table.append(batch);
  if (kind === 1) await table.merge({ source: batch, on: ["k"] }).whenMatchedUpdateAll().whenNotMatchedInsertAll().execute();
  if (kind === 2) await table.overwrite(batch, { where: `k >= ${base} and k < ${base + 10}` });
  writeSync(1, `done ${base} ${table.version}\n`);
}
