import { randomBytes } from "node:crypto";
import { md5 } from "./checksums.js";
import { install, metadataOf } from "./install.js";
import { checksumHeaders, sumsOf } from "./objects.js";
import {
  bucketOf,
  notImplemented,
  S3Refusal,
  type Answer,
  type DoubleRequest,
  type UploadInProgress,
  type WholeRequest,
  type World,
} from "./world.js";
import { document, elements, escapeXml, unescapeXml } from "./xml.js";

const partsMax = 10_000;

export function createUpload(world: World, request: DoubleRequest): Answer {
  bucketOf(world, request);
  const id = randomBytes(16).toString("hex");
  world.uploads.set(id, { bucket: request.bucket, key: request.key, meta: metadataOf(request), parts: new Map() });
  const content = `<Bucket>${request.bucket}</Bucket><Key>${escapeXml(request.key)}</Key><UploadId>${id}</UploadId>`;
  return { status: 200, body: document("InitiateMultipartUploadResult", content) };
}

export function uploadPart(world: World, request: WholeRequest): Answer {
  if (request.headers["x-amz-copy-source"] !== undefined) throw notImplemented("UploadPartCopy");
  const upload = uploadOf(world, request);
  const number = Number(request.query.get("partNumber"));
  if (!(Number.isInteger(number) && number >= 1 && number <= partsMax)) throw new S3Refusal(400, "InvalidArgument");
  const etag = md5(request.body).toString("hex");
  upload.parts.set(number, { body: request.body, etag, sums: request.sums });
  return { status: 200, headers: { etag: `"${etag}"`, ...checksumHeaders(request.sums) } };
}

export function abortUpload(world: World, request: DoubleRequest): Answer {
  uploadOf(world, request);
  world.uploads.delete(request.query.get("uploadId") ?? "");
  return { status: 204 };
}

export async function completeUpload(world: World, request: WholeRequest): Promise<Answer | "drop"> {
  const upload = uploadOf(world, request);
  const parts = partsOf(world, upload, request.body.toString());
  const body = Buffer.concat(parts.map((part) => part.body));
  const etag = `${md5(Buffer.concat(parts.map((part) => Buffer.from(part.etag, "hex")))).toString("hex")}-${parts.length}`;
  const lost = await install(world, request, () => {
    // It may have been completed or taken away while this request waited.
    uploadOf(world, request);
    world.uploads.delete(request.query.get("uploadId") ?? "");
    return { body, etag, sums: sumsOf(body, {}), meta: upload.meta };
  });
  if (lost === "drop") return lost;
  const content = `<Bucket>${request.bucket}</Bucket><Key>${escapeXml(request.key)}</Key><ETag>&quot;${etag}&quot;</ETag>`;
  return { status: 200, body: document("CompleteMultipartUploadResult", content) };
}

export function listUploads(world: World, request: DoubleRequest): Answer {
  bucketOf(world, request);
  const prefix = request.query.get("prefix") ?? "";
  const found = [...world.uploads].filter(([, { bucket, key }]) => bucket === request.bucket && key.startsWith(prefix));
  const rows = found.map(([id, { key }]) => `<Upload><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></Upload>`);
  return { status: 200, body: document("ListMultipartUploadsResult", `<IsTruncated>false</IsTruncated>${rows.join("")}`) };
}

function uploadOf(world: World, { query, bucket, key }: DoubleRequest): UploadInProgress {
  const upload = world.uploads.get(query.get("uploadId") ?? "");
  if (upload === undefined || upload.key !== key || upload.bucket !== bucket) {
    throw new S3Refusal(404, "NoSuchUpload", { message: "The specified upload does not exist. It may have been aborted or completed." });
  }
  return upload;
}

type Part = { readonly body: Buffer; readonly etag: string };

/** The parts that a completion names, all of them there, in order, and large enough. */
function partsOf(world: World, upload: UploadInProgress, xml: string): readonly Part[] {
  const named = elements(xml, "Part").map((part) => ({
    number: Number(elements(part, "PartNumber")[0]),
    etag: unescapeXml(elements(part, "ETag")[0] ?? "").replaceAll('"', ""),
    xml: part,
  }));
  if (named.length === 0) throw new S3Refusal(400, "MalformedXML");
  return named.map(({ number, etag, xml: part }, index) => {
    if (index > 0 && number <= (named[index - 1]?.number ?? 0)) throw new S3Refusal(400, "InvalidPartOrder");
    const stored = upload.parts.get(number);
    if (stored === undefined || stored.etag !== etag) throw new S3Refusal(400, "InvalidPart");
    for (const [name, sum] of Object.entries(stored.sums)) {
      if ((elements(part, `Checksum${name.toUpperCase()}`)[0] ?? sum) !== sum) throw new S3Refusal(400, "InvalidPart");
    }
    if (index < named.length - 1 && stored.body.length < world.partBytesMin) throw new S3Refusal(400, "EntityTooSmall");
    return stored;
  });
}
