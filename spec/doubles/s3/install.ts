import { bucketOf, notImplemented, S3Refusal, type DoubleRequest, type StoredObject, type WholeRequest, type World } from "./world.js";

/** A failed write's code for `If-None-Match: *` and `If-Match`. */
const preconditionFailed = (): S3Refusal =>
  new S3Refusal(412, "PreconditionFailed", { message: "At least one of the pre-conditions you specified did not hold" });

/** What a write demands of the object that is there, judged now. */
export function judgeConditions(world: World, { headers, bucket, key }: DoubleRequest): void {
  const ifMatch = headers["if-match"];
  const ifNoneMatch = headers["if-none-match"];
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  const isKnown = (ifMatch === undefined) !== (ifNoneMatch === undefined) && ifMatch !== "*" && (ifNoneMatch ?? "*") === "*";
  if (!isKnown || world.mode === "unsupported") throw notImplemented("a condition of a write");
  const present = world.buckets.get(bucket)?.get(key);
  if (ifNoneMatch !== undefined && present !== undefined) throw preconditionFailed();
  if (ifMatch === undefined) return;
  if (present === undefined) throw new S3Refusal(404, "NoSuchKey");
  if (ifMatch.replaceAll('"', "") !== present.etag) throw preconditionFailed();
}

/**
 * Makes an object visible. The body is whole and checked by now; between the look at the key and its change there is no wait, so
 * that of rival writers one is first. That is what makes the double honest.
 *
 * @returns `"drop"` when the answer is to be lost
 */
export async function install(world: World, request: WholeRequest, make: () => Omit<StoredObject, "modifiedMs">): Promise<"drop" | void> {
  const objects = bucketOf(world, request);
  await world.hooks.beforeCommit?.(request);
  // The wrong way on purpose: time passes between the judgement, before the body, and the change.
  if (world.mode === "racy") await new Promise((resolve) => setTimeout(resolve, 2));
  if (world.mode === "atomic" || world.mode === "unsupported") judgeConditions(world, request);
  objects.set(request.key, { ...make(), modifiedMs: Math.floor(world.now() / 1000) * 1000 });
  request.record.commit = world.nextEvent();
  return world.hooks.afterCommit?.(request);
}

/** The headers that stay with an object. */
export function metadataOf({ headers }: DoubleRequest): Readonly<Record<string, string>> {
  const kept = ["content-type", "cache-control", "content-disposition", "content-language", "expires"];
  const entries = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-meta-") || kept.includes(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
