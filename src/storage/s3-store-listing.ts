import { throwIfAborted } from "../base/abort.js";
import { compareUtf8 } from "../base/utf8-order.js";
import { isTextOfKeys } from "./object-key.js";
import type { ListOptions, ObjectMeta } from "./object-store.js";
import type { S3Connection } from "./s3-store-client.js";
import { ask, modifiedMs, storeCall, type S3Call, type S3Context } from "./s3-store-context.js";
import { isProbeKey } from "./s3-store-probe.js";
import { storageError } from "./storage-error.js";

interface Page {
  readonly metas: readonly ObjectMeta[];
  readonly next: string | undefined;
}

/**
 * The objects page by page, beginning after `after` at the server. Servers list by UTF-8 bytes; one that does not is found out
 * by the first pair in the wrong order, and the rest is then listed to its end and sorted.
 *
 * @throws storage/unsupported when keys come that belong before those already given
 */
export async function* listObjects(context: S3Context, call: S3Call, options: ListOptions): AsyncGenerator<ObjectMeta> {
  let last: string | undefined;
  let token: string | undefined;
  do {
    const page = await listPage(context, await context.connect(), call, options, token);
    token = page.next;
    const inOrder = isAscending(page.metas, last) ? page.metas : await sorted(context, call, options, page, last);
    if (inOrder !== page.metas) token = undefined;
    for (const meta of inOrder) {
      throwIfAborted(call.signal);
      last = meta.key;
      yield meta;
    }
    // Left after the last element, no page is asked for that nobody wants.
    throwIfAborted(call.signal);
  } while (token !== undefined);
}

async function listPage(
  context: S3Context,
  connection: S3Connection,
  call: S3Call,
  { prefix = "", after, recursive = true }: ListOptions,
  token: string | undefined,
): Promise<Page> {
  const { bucket, prefix: root } = context.location;
  const from = sendable(prefix);
  const offset = after !== undefined && compareUtf8(sendable(after), from) > 0 ? root + sendable(after) : undefined;
  const list = new connection.sdk.ListObjectsV2Command({
    Bucket: bucket,
    Prefix: root + from,
    EncodingType: "url",
    ...(offset === undefined || token !== undefined ? {} : { StartAfter: offset }),
    ...(token === undefined ? {} : { ContinuationToken: token }),
    ...(recursive ? {} : { Delimiter: "/" }),
  });
  const found = await ask(connection, call, (abortable) => connection.client.send(list, abortable));
  const metas: ObjectMeta[] = [];
  // A page may be empty and not the last, or the last and empty.
  for (const { Key, Size, LastModified } of found.Contents ?? []) {
    const whole = found.EncodingType === "url" ? decodeKey(Key ?? "") : (Key ?? "");
    const key = whole.slice(root.length);
    const isWanted = whole.startsWith(root + prefix) && isNameable(key) && (after === undefined || compareUtf8(key, after) > 0);
    if (isWanted) metas.push({ key, size: Size ?? 0, modifiedMs: modifiedMs(LastModified) });
  }
  return { metas, next: found.IsTruncated === true ? found.NextContinuationToken : undefined };
}

/**
 * What of a prefix or an offset is sent: servers refuse segments that look like "." or "..", and text that no key has. The beginning
 * before such a segment selects more, which is left out on this side.
 */
function sendable(text: string): string {
  const segments = text.split("/");
  const odd = segments.findIndex((segment) => /^\s*\.{1,2}\s*$/.test(segment) || !isTextOfKeys(segment));
  return odd < 0
    ? text
    : segments
        .slice(0, odd)
        .map((segment) => `${segment}/`)
        .join("");
}

/** The form that servers answer `encoding-type=url` in: as in the query of a URL, where a plus is a space. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " "));
}

/** Markers of folders ("year=2026/") and other keys that the contract does not know are no objects of ours; nor are probes. */
function isNameable(key: string): boolean {
  return !/(?:^|\/)\.{0,2}(?:\/|$)/.test(key) && isTextOfKeys(key) && !isProbeKey(key);
}

function isAscending(metas: readonly ObjectMeta[], last: string | undefined): boolean {
  return metas.every(({ key }, index) => {
    const before = index === 0 ? last : metas[index - 1]?.key;
    return before === undefined || compareUtf8(before, key) < 0;
  });
}

/** Everything from `page` to the end of the listing, in order. */
async function sorted(
  context: S3Context,
  call: S3Call,
  options: ListOptions,
  page: Page,
  last: string | undefined,
): Promise<readonly ObjectMeta[]> {
  const byKey = new Map(page.metas.map((meta) => [meta.key, meta]));
  for (let token = page.next; token !== undefined;) {
    const following = await listPage(context, await context.connect(), call, options, token);
    for (const meta of following.metas) byKey.set(meta.key, meta);
    token = following.next;
  }
  const metas = [...byKey.values()].sort((a, b) => compareUtf8(a.key, b.key));
  const [first] = metas;
  if (first === undefined || last === undefined || compareUtf8(last, first.key) < 0) return metas;
  throw storageError(
    "storage/unsupported",
    `The server of ${call.url} lists ${JSON.stringify(first.key)} after ${JSON.stringify(last)}, not in the order of UTF-8 bytes that ` +
      `S3 promises, so versions could be overlooked. Use another server, or a bucket that is not of type S3 Express.`,
    storeCall(call),
  );
}
