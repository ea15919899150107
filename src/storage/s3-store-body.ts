import { abortError } from "../base/abort.js";
import { joinBytes } from "../base/join-bytes.js";
import type { S3Context } from "./s3-store-context.js";

/** The body of an answer: a stream of Node, with or without a checksum that is checked at its end. */
export interface Body extends AsyncIterable<Uint8Array> {
  destroy(error?: unknown): unknown;
}

/** A body that brings less than this, or less than what is left of it, while a connection may be still is given up. */
const slowestBytes = 64 << 10;

/**
 * All bytes of a body, in an `ArrayBuffer` of exactly their size, or in `into`.
 *
 * @param size  what the answer announced; `undefined`: as many as come
 * @throws whatever the stream fails with, and when it brings other than `size` bytes or trickles
 */
export async function readBody(
  body: Body,
  size: number | undefined,
  { host, settings }: Pick<S3Context, "host" | "settings">,
  signal: AbortSignal | undefined,
  into?: Uint8Array,
): Promise<Uint8Array> {
  const ended = new AbortController();
  let received = 0;
  let trickles = false;
  const watch = async (): Promise<void> => {
    for (let before = 0; ; before = received) {
      await host.sleep(settings.idleTimeoutMs, ended.signal);
      const left = size === undefined ? slowestBytes : size - received;
      if (received - before >= Math.min(slowestBytes, left)) continue;
      trickles = true;
      body.destroy();
      return;
    }
  };
  const leave = (): unknown => body.destroy();
  signal?.addEventListener("abort", leave, { once: true });
  // It ends by the abort below, which is no failure.
  watch().catch(() => {});
  try {
    const target = size === undefined ? undefined : (into ?? new Uint8Array(Buffer.allocUnsafeSlow(size).buffer));
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) {
      if (target === undefined) chunks.push(chunk);
      else if (received + chunk.length > target.length) throw broken(`more than the ${target.length} bytes announced came`);
      else target.set(chunk, received);
      received += chunk.length;
    }
    if (target === undefined) return joinBytes(chunks);
    if (received < target.length) throw broken(`${received} of ${target.length} bytes came`);
    return target;
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    throw trickles ? broken(`only ${received} bytes came, too slowly`) : error;
  } finally {
    signal?.removeEventListener("abort", leave);
    ended.abort();
  }
}

/** Like an error of the stream; never seen by the store's caller. */
function broken(problem: string): unknown {
  return { name: "IncompleteBody", message: problem };
}
