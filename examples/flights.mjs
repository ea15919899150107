// Three million flights: load month by month, correct late reports with an upsert, and look back.
// Run it in the project with `npm run demo`, or anywhere after `npm install laketable vega-datasets`.
// It takes another place for the table: node examples/flights.mjs s3://bucket/flights
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { Table, makeTable } from "apache-arrow";
import { DeltaTable, readParquet } from "laketable";

const source = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "..", "data", "flights-3m.parquet");
const place = process.argv[2] ?? resolve("demo-data", "flights");
const started = performance.now();
const say = (text = "") => console.log(text);
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
const thousands = (count) => count.toLocaleString("en-US");

// What an earlier run has left; a place of your own is left alone.
if (process.argv[2] === undefined) rmSync(place, { recursive: true, force: true });
say(`The table goes to ${place}`);

// 1. Create.
const flights = await DeltaTable.create(place, {
  schema: {
    flight_id: "long not null",
    date: "timestamp_ntz not null",
    delay: "int",
    distance: "int",
    origin: "string not null",
    destination: "string not null",
  },
  comment: "US flights, January to June 2001",
});

// 2. Append month by month. The file has no key, and some rows are exact duplicates: every flight gets a number.
let flightId = 0;
const withIds = async function* (batches) {
  for await (const batch of batches) {
    const ids = BigInt64Array.from({ length: batch.numRows }, () => BigInt(flightId++));
    yield* new Table(batch).assign(makeTable({ flight_id: ids })).batches;
  }
};
for (let month = 1; month <= 6; month++) {
  const [from, to] = [month, month + 1].map((number) => `TIMESTAMP_NTZ '2001-0${number}-01 00:00:00'`);
  const end = month === 6 ? "" : ` and date < ${to}`;
  const batches = readParquet(source, { where: `date >= ${from}${end}` });
  const { version, metrics } = await flights.append(withIds(batches), {
    userMetadata: `month ${month}`,
    onProgress: progressOf(`month ${month}`),
  });
  say(`  version ${version}: ${thousands(metrics.rowsInserted)} flights of month ${month}   ${seconds()}`);
}

// 3. Late corrections: Seattle's delays in March were reported 10 minutes too long, and 500 flights were forgotten.
const march = "date >= TIMESTAMP_NTZ '2001-03-01 00:00:00' and date < TIMESTAMP_NTZ '2001-04-01 00:00:00'";
const corrections = (await flights.toArray({ where: `origin = 'SEA' and ${march}` })).map((row) => ({ ...row, delay: row.delay - 10 }));
const forgotten = corrections.slice(0, 500).map((row) => ({ ...row, flight_id: BigInt(flightId++) }));
const before = flights.version;
const upsert = await flights
  .merge({ source: [...corrections, ...forgotten], on: "target.flight_id = source.flight_id" })
  .whenMatchedUpdateAll()
  .whenNotMatchedInsertAll()
  .execute();
say(
  `  version ${upsert.version}: ${thousands(upsert.metrics.rowsUpdated)} corrected, ${upsert.metrics.rowsInserted} added   ${seconds()}`,
);
say(`  of ${(await flights.detail()).numFiles} files the upsert rewrote ${upsert.metrics.filesRemoved}`);

// 4. Before and after, through time travel.
const earlier = await flights.at({ version: before });
const meanDelay = async (table) => {
  let [sum, rows] = [0, 0];
  for await (const batch of table.scan({ columns: ["delay"], where: `origin = 'SEA' and ${march}` })) {
    const delays = batch.getChild("delay");
    for (let row = 0; row < batch.numRows; row++) sum += delays.get(row);
    rows += batch.numRows;
  }
  return `${(sum / rows).toFixed(2)} minutes over ${thousands(rows)} flights`;
};
say("\nSeattle's mean delay in March:");
say(`  version ${earlier.version}: ${await meanDelay(earlier)}`);
say(`  version ${flights.version}: ${await meanDelay(flights)}`);

// 5. History, layout, and what skipping saved.
say("\nHistory:");
for (const { version, timestamp, operation, userMetadata } of await flights.history()) {
  say(`  ${version}  ${timestamp.toISOString()}  ${operation}${userMetadata === null ? "" : `  (${userMetadata})`}`);
}
say("\nFiles:");
for await (const { size, rows, stats } of flights.files()) {
  say(
    `  ${thousands(rows).padStart(9)} rows ${thousands(size).padStart(11)} bytes   ${stats.min.date.slice(0, 10)} … ${stats.max.date.slice(0, 10)}`,
  );
}
const { files, bytes } = await flights.explain({ where: `origin = 'SEA' and ${march}`, columns: ["delay"] });
say(`\nSeattle in March reads ${files.kept} of ${files.total} files and ${thousands(bytes.kept)} of ${thousands(bytes.total)} bytes.`);
say(`Done in ${seconds()}. Try: npx --package laketable lake history ${place}`);

/** Shows rows as they are written, on a terminal. */
function progressOf(label) {
  return ({ done, unit }) => {
    if (process.stderr.isTTY) process.stderr.write(`\r  ${label}: ${thousands(done)} ${unit} \r`);
  };
}
