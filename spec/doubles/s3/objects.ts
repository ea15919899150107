import { checksums, md5 } from "./checksums.js";
import { install, metadataOf } from "./install.js";
import {
  bucketOf,
  notImplemented,
  S3Refusal,
  type Answer,
  type DoubleRequest,
  type StoredObject,
  type WholeRequest,
  type World,
} from "./world.js";
import { document, elements, escapeXml, unescapeXml } from "./xml.js";

/** Small: nobody reads a bigger object's checksum, and this one is slow. */
const checksumBytesMax = 1 << 16;

export function sumsOf(body: Buffer, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const compute = checksums["crc64nvme"];
  if (Object.keys(given).length > 0 || body.length > checksumBytesMax || compute === undefined) return given;
  return { crc64nvme: compute(body).toString("base64") };
}

export async function putObject(world: World, request: WholeRequest): Promise<Answer | "drop"> {
  if (request.headers["x-amz-copy-source"] !== undefined) throw notImplemented("CopyObject");
  const etag = md5(request.body).toString("hex");
  const sums = sumsOf(request.body, request.sums);
  const lost = await install(world, request, () => ({ body: request.body, etag, sums, meta: metadataOf(request) }));
  return lost === "drop" ? lost : { status: 200, headers: { etag: `"${etag}"`, ...checksumHeaders(sums) } };
}

export function checksumHeaders(sums: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(sums).map(([name, value]) => [`x-amz-checksum-${name}`, value]));
}

export function getObject(world: World, request: DoubleRequest): Answer {
  const object = bucketOf(world, request).get(request.key);
  if (object === undefined) throw new S3Refusal(404, "NoSuchKey", { message: "The specified key does not exist." });
  judgeReadConditions(request, object);
  const range = rangeOf(request.headers.range, object.body.length);
  const body = range === undefined ? object.body : object.body.subarray(range.start, range.end);
  const isWhole = range === undefined && request.headers["x-amz-checksum-mode"] === "ENABLED";
  const contentRange = range === undefined ? {} : { "content-range": `bytes ${range.start}-${range.end - 1}/${object.body.length}` };
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      etag: `"${object.etag}"`,
      "last-modified": new Date(object.modifiedMs).toUTCString(),
      "accept-ranges": "bytes",
      "content-type": "binary/octet-stream",
      ...object.meta,
      ...contentRange,
      // The sum is of the whole object; with a part of it, it would be a lie.
      ...(isWhole ? checksumHeaders(object.sums) : {}),
      "content-length": String(body.length),
    },
    body,
  };
}

function judgeReadConditions({ headers }: DoubleRequest, { etag }: StoredObject): void {
  const names = (value: string): readonly string[] => value.split(",").map((name) => name.trim().replace(/^W\//, "").replaceAll('"', ""));
  const isNamed = (value: string): boolean => value === "*" || names(value).includes(etag);
  const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = headers;
  if (ifMatch !== undefined && !isNamed(ifMatch)) throw new S3Refusal(412, "PreconditionFailed");
  if (ifNoneMatch !== undefined && isNamed(ifNoneMatch)) throw new S3Refusal(304, "NotModified", { headers: { etag: `"${etag}"` } });
}

/** One range, from the start, to the end or counted from the end; what is no range is overlooked, as HTTP has it. */
function rangeOf(header: string | undefined, size: number): { readonly start: number; readonly end: number } | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(Number(last) + 1, size);
  if (start < end) return { start, end };
  throw new S3Refusal(416, "InvalidRange", {
    message: "The requested range is not satisfiable",
    fields: { ActualObjectSize: String(size) },
    headers: { "content-range": `bytes */${size}` },
  });
}

export async function deleteObject(world: World, request: DoubleRequest): Promise<Answer> {
  if (request.headers["if-match"] !== undefined) throw notImplemented("a condition of a deletion");
  const objects = bucketOf(world, request);
  await world.hooks.beforeCommit?.(request);
  objects.delete(request.key);
  request.record.commit = world.nextEvent();
  return { status: 204 };
}

export async function deleteObjects(world: World, request: WholeRequest): Promise<Answer> {
  const objects = bucketOf(world, request);
  if (request.headers["content-md5"] === undefined && Object.keys(request.sums).length === 0) {
    throw new S3Refusal(400, "InvalidRequest", { message: "Missing required header for this request: Content-MD5 OR x-amz-checksum-*" });
  }
  const xml = request.body.toString();
  const named = elements(xml, "Object");
  if (named.length === 0 || named.length > 1000) throw new S3Refusal(400, "MalformedXML");
  if (named.some((object) => /<(ETag|VersionId|LastModifiedTime|Size)>/.test(object))) throw notImplemented("a condition of a deletion");
  await world.hooks.beforeCommit?.(request);
  const keys = named.map((object) => unescapeXml(elements(object, "Key")[0] ?? ""));
  for (const key of keys) objects.delete(key);
  request.record.commit = world.nextEvent();
  const isQuiet = elements(xml, "Quiet")[0] === "true";
  const deleted = isQuiet ? "" : keys.map((key) => `<Deleted><Key>${escapeXml(key)}</Key></Deleted>`).join("");
  return { status: 200, body: document("DeleteResult", deleted) };
}
