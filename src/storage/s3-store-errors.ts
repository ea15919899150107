import { LakeError, type LakeErrorCode } from "../base/errors.js";
import { failureOf, kindOf, type S3Failure, type S3FailureKind } from "./s3-store-failure.js";
import { notFound, storageError, type StoreCall } from "./storage-error.js";

/** What messages say about how the store is reached. */
export interface S3Reach {
  readonly bucket: string;
  readonly region: string;
  /** Without user and password; `undefined`: AWS. */
  readonly endpoint: string | undefined;
  /** `"none-found"`: requests are unsigned because no credentials were found, `"anonymous"`: because that was asked for. */
  readonly signing: "signed" | "anonymous" | "none-found";
}

/** Operations whose request may have done its work although its answer was a failure. */
const writes: ReadonlySet<StoreCall["operation"]> = new Set(["put", "putIfAbsent", "openWriter"]);

/**
 * The error of a failed request. A write that was tried more than once may have been done by an earlier attempt whose answer was
 * lost, so it is `storage/unavailable` (outcome unknown) whatever the last attempt said.
 */
export function s3Error(call: StoreCall, reach: S3Reach, error: unknown): LakeError {
  if (error instanceof LakeError) return error;
  const failure = failureOf(error);
  const kind = kindOf(failure);
  const cause = causeOf(failure);
  if (kind === "no-object" && !writes.has(call.operation)) return notFound(call, cause);
  const { code, problem, remedy } = explanation(kind, failure, reach);
  if (writes.has(call.operation) && failure.attempts > 1 && code !== "storage/unavailable") {
    return storageError(
      "storage/unavailable",
      `${asked(call)} was tried ${failure.attempts} times and failed last because ${problem}. An earlier attempt may have been ` +
        `carried out: whether the object was written is unknown. ${remedy}`,
      call,
      cause,
    );
  }
  return new LakeError(code, `${asked(call)} failed: ${problem}. ${remedy}`, { ...call, ...contextOf(kind, failure, reach) }, cause);
}

/** The failure of the request that asks where a bucket is, or for credentials: before there is a connection. */
export function s3ConnectError(url: string, reach: S3Reach, error: unknown): LakeError {
  if (error instanceof LakeError) return error;
  const failure = failureOf(error);
  const kind = kindOf(failure);
  const { code, problem, remedy } = explanation(kind === "no-object" ? "no-bucket" : kind, failure, reach);
  return new LakeError(
    code,
    `${url} cannot be reached: ${problem}. ${remedy}`,
    { url, ...contextOf(kind, failure, reach) },
    causeOf(failure),
  );
}

function asked({ operation, key, url }: StoreCall): string {
  return key === "" ? `${operation} in ${url}` : `${operation} of ${JSON.stringify(key)} in ${url}`;
}

/** Facts for logs. The SDK's own error is not among them: it holds headers, a session token perhaps. */
function causeOf(failure: S3Failure): unknown {
  const { name, message, status, attempts, requestId } = failure;
  return { name, message, status, attempts, requestId };
}

function contextOf(kind: S3FailureKind, { name, status, requestId, bucketRegion }: S3Failure, reach: S3Reach): object {
  return {
    reason: kind,
    s3Code: name,
    bucket: reach.bucket,
    region: reach.region,
    ...(reach.endpoint === undefined ? {} : { endpoint: reach.endpoint }),
    ...(status === undefined ? {} : { status }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(bucketRegion === undefined ? {} : { bucketRegion }),
  };
}

interface Explanation {
  readonly code: LakeErrorCode;
  readonly problem: string;
  readonly remedy: string;
}

const giveCredentials = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE (aws sso login), or the option s3.credentials.";

function explanation(kind: S3FailureKind, failure: S3Failure, reach: S3Reach): Explanation {
  const { bucket, endpoint } = reach;
  const server = endpoint ?? `AWS (${reach.region})`;
  switch (kind) {
    case "no-bucket":
      return {
        code: "storage/no-such-bucket",
        problem: `there is no bucket ${JSON.stringify(bucket)} at ${server}`,
        remedy: "Check its name and the endpoint, or create it; laketable makes no buckets.",
      };
    case "wrong-region":
      return wrongRegion(failure, reach);
    case "no-credentials":
    case "expired-credentials":
    case "rejected-credentials":
    case "clock-skew":
      return unauthenticated(kind, failure, server);
    case "denied":
      return denied(failure, reach);
    case "not-implemented":
      return {
        code: "storage/unsupported",
        problem: `${server} does not have what was asked for (${told(failure)})`,
        remedy: "Use a server with the S3 operations that the README lists.",
      };
    case "no-space":
      return {
        code: "storage/no-space",
        problem: `${server} has no room left (${told(failure)})`,
        remedy: "Free some, or raise the quota.",
      };
    case "bad-key":
      return { code: "storage/invalid-path", problem: `${server} cannot hold this key (${told(failure)})`, remedy: "Use another path." };
    case "transient":
    case "conflict":
      return unavailable(failure, server);
    case "no-object":
    case "archived":
    case "exists":
    case "outside-range":
    case "too-large":
    case "other":
      return {
        code: "storage/io",
        problem: `${server} answered ${told(failure)}`,
        remedy:
          kind === "archived"
            ? "The object is archived (Glacier): restore it in S3 first."
            : "See the cause; the request id helps those who run the server.",
      };
  }
}

function wrongRegion({ bucketRegion }: S3Failure, { bucket, region, endpoint }: S3Reach): Explanation {
  const there = bucketRegion === undefined ? "in another region" : `in ${bucketRegion}`;
  const where = endpoint === undefined ? "" : ` at ${endpoint}`;
  return {
    code: "storage/wrong-region",
    problem: `the bucket ${JSON.stringify(bucket)}${where} is ${there}, and the request went to ${region}`,
    remedy: `Set AWS_REGION or the option s3.region to ${bucketRegion === undefined ? "the region of the bucket" : `"${bucketRegion}"`}.`,
  };
}

function unauthenticated(
  kind: "no-credentials" | "expired-credentials" | "rejected-credentials" | "clock-skew",
  failure: S3Failure,
  server: string,
): Explanation {
  const code = "storage/unauthenticated";
  switch (kind) {
    case "no-credentials":
      return { code, problem: `no AWS credentials could be had (${failure.message})`, remedy: giveCredentials };
    case "expired-credentials":
      return {
        code,
        problem: `the AWS credentials have expired (${failure.name})`,
        remedy: "Get new ones (aws sso login, or a new session token) and try again.",
      };
    case "rejected-credentials":
      return {
        code,
        problem: `${server} does not accept the credentials (${failure.name})`,
        remedy: "Check the access key, the secret and the session token, and that they belong to this server.",
      };
    case "clock-skew":
      return {
        code,
        problem: `the clock of this machine is too far from that of ${server} for a signature to hold (${failure.name})`,
        remedy: "Set the clock (NTP) and try again.",
      };
  }
}

function denied(failure: S3Failure, { bucket, signing }: S3Reach): Explanation {
  if (signing === "none-found") {
    return {
      code: "storage/unauthenticated",
      problem: `no AWS credentials were found, and the bucket ${JSON.stringify(bucket)} does not answer without them`,
      remedy: giveCredentials,
    };
  }
  return {
    code: "storage/permission-denied",
    problem:
      signing === "anonymous"
        ? `the bucket ${JSON.stringify(bucket)} does not allow this without credentials`
        : `the credentials do not permit this on the bucket ${JSON.stringify(bucket)} (${told(failure)})`,
    remedy:
      "A reader needs s3:GetObject and s3:ListBucket, a writer also s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload, " +
      "and the rights on the bucket's KMS key if it has one.",
  };
}

function unavailable(failure: S3Failure, server: string): Explanation {
  const tries = failure.attempts === 1 ? "" : ` after ${failure.attempts} attempts`;
  const isName = failure.name === "ENOTFOUND" || failure.name === "EAI_AGAIN";
  const isTrust = /CERT|SELF_SIGNED|UNABLE_TO/.test(failure.name);
  return {
    code: "storage/unavailable",
    problem: `${server} could not be reached or did not answer properly${tries} (${told(failure)})`,
    remedy: isName
      ? "Check the endpoint, the region and the network's name service."
      : isTrust
        ? "Its certificate is not trusted: give its authority with NODE_EXTRA_CA_CERTS."
        : "Try again later; a write may or may not have been carried out.",
  };
}

function told({ name, status, message }: S3Failure): string {
  const code = status === undefined ? name : `${status} ${name}`;
  return message === "" || message === name || message === "UnknownError" ? code : `${code}: ${message}`;
}
