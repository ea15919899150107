import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { S3Refusal, type DoubleRequest, type World } from "./world.js";

/** A signature of AWS version 4, from the header or from a presigned URL. */
interface Signature {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly payload: string;
  readonly expiresSeconds: number | undefined;
}

const maxSkewMs = 15 * 60_000;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/**
 * Checks who asks, as S3 does; nothing is believed.
 *
 * @returns the hash of the payload that was signed, or its streaming form
 */
export function authenticate(world: World, request: DoubleRequest): string {
  const found = signatureOf(request);
  if (found === undefined) {
    const reads = request.method === "GET" || request.method === "HEAD";
    // Where a bucket is, is told to everyone.
    if (request.method === "HEAD" && request.key === "" && world.buckets.has(request.bucket) && !world.publicBuckets.has(request.bucket))
      throw new S3Refusal(403, "AccessDenied", { headers: { "x-amz-bucket-region": world.region } });
    if (reads && world.publicBuckets.has(request.bucket)) return "UNSIGNED-PAYLOAD";
    throw new S3Refusal(403, "AccessDenied", { message: "Access Denied" });
  }
  const [accessKeyId, day = "", region = "", service = ""] = found.credential.split("/");
  if (accessKeyId !== world.accessKeyId) {
    throw new S3Refusal(403, "InvalidAccessKeyId", { message: "The AWS Access Key Id you provided does not exist in our records." });
  }
  assertTime(found);
  if (region !== world.region) throw wrongRegion(world, region);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", found.date, scope, sha256(canonicalRequest(request, found))].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<Buffer | string>(hmac, `AWS4${world.secretAccessKey}`);
  if (!timingSafeEqual(hmac(key, text), Buffer.from(found.signature, "hex"))) {
    throw new S3Refusal(403, "SignatureDoesNotMatch", {
      message: "The request signature we calculated does not match the signature you provided.",
    });
  }
  const unsigned = Object.keys(request.headers).find((name) => name.startsWith("x-amz-") && !found.signedHeaders.includes(name));
  if (unsigned !== undefined && request.headers.authorization !== undefined) {
    throw new S3Refusal(403, "AccessDenied", { message: `There were headers present in the request which were not signed: ${unsigned}` });
  }
  return found.payload;
}

function wrongRegion(world: World, region: string): S3Refusal {
  return new S3Refusal(400, "AuthorizationHeaderMalformed", {
    message: `The authorization header is malformed; the region '${region}' is wrong; expecting '${world.region}'`,
    fields: { Region: world.region },
    headers: { "x-amz-bucket-region": world.region },
  });
}

function signatureOf({ headers, query }: DoubleRequest): Signature | undefined {
  const payload = headers["x-amz-content-sha256"];
  if (headers.authorization !== undefined) {
    const match = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(headers.authorization);
    if (match === null) throw new S3Refusal(400, "InvalidArgument", { message: "Unsupported Authorization Type" });
    if (typeof payload !== "string") throw new S3Refusal(400, "MissingSecurityHeader");
    const [, credential = "", names = "", signature = ""] = match;
    return {
      credential,
      signedHeaders: names.split(";"),
      signature,
      date: String(headers["x-amz-date"]),
      payload,
      expiresSeconds: undefined,
    };
  }
  const signature = query.get("X-Amz-Signature");
  if (signature === undefined) return undefined;
  return {
    credential: query.get("X-Amz-Credential") ?? "",
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    signature,
    date: query.get("X-Amz-Date") ?? "",
    payload: typeof payload === "string" ? payload : "UNSIGNED-PAYLOAD",
    expiresSeconds: Number(query.get("X-Amz-Expires")),
  };
}

function assertTime({ date, expiresSeconds }: Signature): void {
  const signedMs = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const ageMs = Date.now() - signedMs;
  const isFresh = expiresSeconds === undefined ? Math.abs(ageMs) < maxSkewMs : ageMs > -maxSkewMs && ageMs <= expiresSeconds * 1000;
  if (!isFresh) {
    throw new S3Refusal(403, "RequestTimeTooSkewed", {
      message: "The difference between the request time and the current time is too large.",
    });
  }
}

function canonicalRequest({ method, rawPath, rawQuery, headers }: DoubleRequest, { signedHeaders, payload }: Signature): string {
  const query = rawQuery
    .split("&")
    .filter((pair) => pair !== "" && !pair.startsWith("X-Amz-Signature="))
    .map((pair) => (pair.includes("=") ? pair : `${pair}=`))
    .sort()
    .join("&");
  const lines = signedHeaders
    .map(
      (name) =>
        `${name}:${String(headers[name] ?? "")
          .trim()
          .replace(/ +/g, " ")}\n`,
    )
    .join("");
  return [method, rawPath, query, lines, signedHeaders.join(";"), payload].join("\n");
}
