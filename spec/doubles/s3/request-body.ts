import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { checksums, md5 } from "./checksums.js";
import { notImplemented, S3Refusal } from "./world.js";

/** A body, received to its end, taken out of its framing and checked against everything the client said of it. */
export interface CheckedBody {
  readonly body: Buffer;
  /** The checksums that came with it, base64, by name. */
  readonly sums: Readonly<Record<string, string>>;
}

/** What AWS takes of a chunk that is not the last. */
const chunkBytesMin = 8192;

export async function receiveBody(incoming: IncomingMessage, payload: string): Promise<CheckedBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const { headers } = incoming;
  const announced = headers["content-length"];
  if (announced !== undefined && raw.length !== Number(announced)) throw new S3Refusal(400, "IncompleteBody");
  const { body, trailers } = unframe(raw, payload, headers["x-amz-decoded-content-length"]);
  const expected = headers["content-md5"];
  if (expected !== undefined && md5(body).toString("base64") !== expected) throw new S3Refusal(400, "BadDigest");
  const sums: Record<string, string> = {};
  for (const [name, checksum] of Object.entries(checksums)) {
    const told = headers[`x-amz-checksum-${name}`] ?? trailers.get(`x-amz-checksum-${name}`);
    if (typeof told !== "string") continue;
    if (checksum(body).toString("base64") !== told) {
      throw new S3Refusal(400, "BadDigest", { message: `The ${name} you specified did not match the calculated checksum.` });
    }
    sums[name] = told;
  }
  const promised = headers["x-amz-trailer"];
  if (typeof promised === "string" && !trailers.has(promised.toLowerCase())) throw new S3Refusal(400, "MalformedTrailerError");
  return { body, sums };
}

interface Unframed {
  readonly body: Buffer;
  readonly trailers: ReadonlyMap<string, string>;
}

function unframe(raw: Buffer, payload: string, decodedLength: string | string[] | undefined): Unframed {
  if (payload === "STREAMING-UNSIGNED-PAYLOAD-TRAILER") return unchunk(raw, Number(decodedLength));
  if (payload.startsWith("STREAMING-")) throw notImplemented(payload);
  if (payload !== "UNSIGNED-PAYLOAD" && createHash("sha256").update(raw).digest("hex") !== payload) {
    throw new S3Refusal(400, "XAmzContentSHA256Mismatch");
  }
  return { body: raw, trailers: new Map() };
}

/** The form `aws-chunked`: sizes in hex, chunks, and checksums as trailers. */
function unchunk(raw: Buffer, decodedLength: number): Unframed {
  const parts: Buffer[] = [];
  let offset = 0;
  let wasShort = false;
  for (;;) {
    const lineEnd = raw.indexOf("\r\n", offset);
    if (lineEnd < 0) throw new S3Refusal(400, "IncompleteBody");
    const size = Number.parseInt(raw.toString("latin1", offset, lineEnd).split(";")[0] ?? "", 16);
    if (!Number.isInteger(size)) throw new S3Refusal(400, "InvalidRequest", { message: "bad chunk" });
    offset = lineEnd + 2;
    if (size === 0) break;
    if (wasShort) {
      throw new S3Refusal(403, "InvalidChunkSizeError", {
        message: `Only the last chunk is allowed to have a size less than ${chunkBytesMin} bytes`,
      });
    }
    wasShort = size < chunkBytesMin;
    parts.push(raw.subarray(offset, offset + size));
    offset += size + 2;
    if (raw.toString("latin1", offset - 2, offset) !== "\r\n") throw new S3Refusal(400, "IncompleteBody");
  }
  const body = Buffer.concat(parts);
  if (body.length !== decodedLength) throw new S3Refusal(400, "IncompleteBody");
  const lines = raw.toString("latin1", offset).split("\r\n");
  const pairs = lines.filter((line) => line.includes(":")).map((line) => line.split(":", 2));
  return { body, trailers: new Map(pairs.map(([name = "", value = ""]) => [name.toLowerCase(), value.trim()])) };
}
