import { LakeError } from "../base/errors.js";
import { joinBytes } from "../base/join-bytes.js";
import type { ObjectStore, ObjectWriter } from "../storage/object-store.js";
import type { CheckpointCounts, CheckpointSink } from "./checkpoint-sink.js";
import type { DeltaContext } from "./delta-context.js";
import { readLastCheckpoint } from "./log-store.js";
import { classicCheckpointPath, lastCheckpointPath } from "./protocol/log-path.js";
import { assertWritable } from "./protocol/protocol-check.js";
import type { TableState } from "./table-state.js";

/** A checkpoint up to this size is written by put-if-absent; a larger one is streamed. */
const BUFFERED_MAX_BYTES = 32 << 20;

/**
 * Writes the classic checkpoint of `state` (PROTOCOL.md "V1 Spec": one file, every action a row) unless there is one, and the
 * hint that points to it once its footer could be read back.
 *
 * It is written as it is replayed: what was checkpointed before goes through as columns. A checkpoint that a rival has written
 * meanwhile is left as it is, so that nobody who reads it finds the bytes of another.
 *
 * @throws delta/unsupported-feature  the table cannot be written
 */
export async function writeCheckpoint(context: DeltaContext, state: TableState, signal?: AbortSignal): Promise<void> {
  const { configuration, segment } = state;
  assertWritable(configuration.protocol, configuration);
  const { version } = segment;
  const key = classicCheckpointPath(version);
  if (segment.checkpoint?.version === version || (await context.store.head(key, { signal })) !== undefined) return;
  const { encodeCheckpoint, assertReadsBack } = await import("./checkpoint-writer-columns.js");
  const sink = checkpointSink(context.store, key, signal);
  const written = await encodeCheckpoint(context, state, { sink, key, signal });
  if (sink.outcome() === "exists") return;
  await assertReadsBack(context, { key, size: written.sizeInBytes }, written.size, signal);
  await writeHint(context, { version, ...written }, signal);
}

/** PROTOCOL.md "Last Checkpoint File Schema". A hint to something newer stays. */
async function writeHint(
  context: DeltaContext,
  hint: CheckpointCounts & { readonly version: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  const known = await readLastCheckpoint(context, signal);
  if (known !== undefined && known.version > hint.version) return;
  const { version, size, sizeInBytes, numOfAddFiles } = hint;
  await context.store.put(lastCheckpointPath, new TextEncoder().encode(JSON.stringify({ version, size, sizeInBytes, numOfAddFiles })), {
    signal,
  });
}

function checkpointSink(store: ObjectStore, key: string, signal: AbortSignal | undefined): CheckpointSink {
  let parts: Uint8Array[] = [];
  let size = 0;
  let stream: ObjectWriter | undefined;
  let outcome: "created" | "exists" = "created";
  const flush = async (to: ObjectWriter): Promise<void> => {
    for (const part of parts) await to.write(part);
    parts = [];
  };
  return {
    outcome: () => outcome,
    async write(bytes) {
      parts.push(bytes);
      size += bytes.length;
      if (size <= BUFFERED_MAX_BYTES) return;
      stream ??= await store.openWriter(key, { signal });
      await flush(stream);
    },
    async close() {
      const meta = { key, size, modifiedMs: 0 };
      if (stream === undefined) {
        outcome = await store.putIfAbsent(key, joinBytes(parts), { signal });
        return meta;
      }
      // Between this look and the close a rival's could still be replaced, by one of the same actions, and whole.
      if ((await store.head(key, { signal })) === undefined) return stream.close();
      outcome = "exists";
      await stream.abort();
      return meta;
    },
    async abort() {
      parts = [];
      await stream?.abort();
    },
  };
}
