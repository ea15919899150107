import { RecordBatchStreamWriter } from "apache-arrow";
import type { Shell } from "../shell.js";
import { writeOut } from "../output/stdout.js";
import type { RowSource } from "./row-source.js";

/** An Arrow IPC stream, batch by batch. */
export async function printArrow(source: RowSource, shell: Shell): Promise<void> {
  const writer = new RecordBatchStreamWriter();
  const chunks = writer[Symbol.asyncIterator]();
  let next = chunks.next();
  // The writer has no notion of a slow reader: what it has encoded is written before it is given more.
  const writeEncoded = async (): Promise<void> => {
    for (;;) {
      const encoded = await Promise.race([next, laterTurn()]);
      if (encoded === undefined || encoded.done === true) return;
      await writeOut(shell, encoded.value);
      next = chunks.next();
    }
  };
  for await (const batch of source.scan(source.limit)) {
    writer.write(batch);
    await writeEncoded();
  }
  writer.close();
  for (let rest = await next; rest.done !== true; rest = await chunks.next()) await writeOut(shell, rest.value);
}

function laterTurn(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)));
}
