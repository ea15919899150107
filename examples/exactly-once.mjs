// Exactly-once ingest: a consumer that crashes, restarts, and runs twice at once, and a table in which every message is once.
// Run it in the project with `npm run build && node examples/exactly-once.mjs`, or anywhere after `npm install laketable`.
//
// A queue such as Kafka delivers at least once: what was not acknowledged comes again. The offset of a batch is a number that
// only grows, so it goes with the batch as `txn: { appId, version }`, into the same commit: the table itself remembers what it
// has seen. `appId` names the stream (topic and partition), `version` the batch (its last offset). Batches are cut at the same
// offsets whoever reads them; a consumer that cuts them anew begins after `await table.txnVersion(appId)`.
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { DeltaTable, LakeError } from "laketable";

const folder = resolve("demo-data", "orders");
rmSync(folder, { recursive: true, force: true });
const say = (text = "") => console.log(text);

/** The queue: two partitions, and what a consumer has acknowledged of each. Messages stay until they are. */
const topic = {
  partitions: [0, 1].map((partition) =>
    Array.from({ length: 600 }, (_, offset) => ({ order_id: partition * 1000 + offset, partition, amount: offset % 50 })),
  ),
  acknowledged: [-1, -1],
  /** The messages after the last that was acknowledged, to the next multiple of 100. */
  poll(partition) {
    const from = this.acknowledged[partition] + 1;
    return { messages: this.partitions[partition].slice(from, from + 100 - (from % 100)), from };
  },
};

await DeltaTable.create(folder, { schema: { order_id: "long not null", partition: "int not null", amount: "int not null" } });

/** One life of a consumer: from the first batch that is not acknowledged to the end of the queue, or to its crash. */
async function consume(name, { crashAfter = Infinity } = {}) {
  const orders = await DeltaTable.open(folder);
  const seen = { written: 0, skipped: 0 };
  for (let batches = 0; ; batches++) {
    const partition = batches % topic.partitions.length;
    const { messages, from } = topic.poll(partition);
    if (messages.length === 0 && topic.poll(1 - partition).messages.length === 0) return seen;
    if (messages.length === 0) continue;
    const lastOffset = from + messages.length - 1;
    const { skipped = false } = await orders.append(messages, { txn: { appId: `orders/${partition}`, version: lastOffset } });
    seen[skipped ? "skipped" : "written"] += 1;
    // The worst moment: the rows are in the table, and the queue has not heard of it.
    if (batches === crashAfter) throw new Error(`${name} crashed`);
    topic.acknowledged[partition] = Math.max(topic.acknowledged[partition], lastOffset);
  }
}

// 1. A consumer crashes between the commit and the acknowledgement.
await consume("consumer 1", { crashAfter: 3 }).catch((error) => {
  if (error instanceof LakeError) throw error;
  say(`${error.message}; the queue will deliver its last batch again`);
});

// 2. An impatient scheduler starts two in its place. They get the same batches and race for every one of them.
const lives = await Promise.all([consume("consumer 2"), consume("consumer 3")]);
const written = lives.reduce((sum, life) => sum + life.written, 0);
const skipped = lives.reduce((sum, life) => sum + life.skipped, 0);
say(`two consumers wrote ${written} batches, and skipped ${skipped} that the table had already`);

// 3. Every message is in the table once.
const orders = await DeltaTable.open(folder);
const ids = (await orders.toArray({ columns: ["order_id"] })).map(({ order_id }) => order_id);
say(`${ids.length} rows, ${new Set(ids).size} different orders, of ${topic.partitions.flat().length} messages`);
say(`the table has partition 0 up to offset ${await orders.txnVersion("orders/0")}`);
if (ids.length !== 1200 || new Set(ids).size !== 1200) throw new Error("a message is missing, or is there twice");
