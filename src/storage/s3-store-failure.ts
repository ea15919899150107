/** What went wrong in a request, whoever says so: the server, the SDK or the network. Without secrets. */
export interface S3Failure {
  /** The server's code ("AccessDenied"), the SDK's name ("TimeoutError") or the system's code ("ECONNRESET"). */
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  /** How often the SDK had tried. */
  readonly attempts: number;
  /** Where the server says the bucket is. */
  readonly bucketRegion: string | undefined;
  readonly requestId: string | undefined;
}

/** Kinds of failure, by what the caller can do. */
export type S3FailureKind =
  | "no-object"
  | "no-bucket"
  | "no-credentials"
  | "expired-credentials"
  | "rejected-credentials"
  | "clock-skew"
  | "denied"
  | "archived"
  | "wrong-region"
  | "exists"
  | "conflict"
  | "outside-range"
  | "bad-key"
  | "too-large"
  | "no-space"
  | "not-implemented"
  | "transient"
  | "other";

const kindByName: Readonly<Record<string, S3FailureKind>> = {
  NoSuchKey: "no-object",
  NotFound: "no-object",
  NoSuchVersion: "no-object",
  NoSuchBucket: "no-bucket",
  CredentialsProviderError: "no-credentials",
  TokenProviderError: "no-credentials",
  ExpiredToken: "expired-credentials",
  ExpiredTokenException: "expired-credentials",
  TokenRefreshRequired: "expired-credentials",
  RequestExpired: "expired-credentials",
  InvalidAccessKeyId: "rejected-credentials",
  InvalidToken: "rejected-credentials",
  InvalidClientTokenId: "rejected-credentials",
  SignatureDoesNotMatch: "rejected-credentials",
  RequestTimeTooSkewed: "clock-skew",
  AccessDenied: "denied",
  AllAccessDisabled: "denied",
  AccountProblem: "denied",
  InvalidObjectState: "archived",
  PermanentRedirect: "wrong-region",
  TemporaryRedirect: "wrong-region",
  AuthorizationHeaderMalformed: "wrong-region",
  IllegalLocationConstraintException: "wrong-region",
  PreconditionFailed: "exists",
  ConditionalRequestConflict: "conflict",
  ConcurrentModification: "conflict",
  OperationAborted: "conflict",
  InvalidRange: "outside-range",
  KeyTooLongError: "bad-key",
  InvalidURI: "bad-key",
  XMinioInvalidObjectName: "bad-key",
  XMinioInvalidResourceName: "bad-key",
  XMinioParentIsObject: "bad-key",
  ObjectParentIsFile: "bad-key",
  EntityTooLarge: "too-large",
  QuotaExceeded: "no-space",
  XMinioStorageFull: "no-space",
  XMinioAdminBucketQuotaExceeded: "no-space",
  NotImplemented: "not-implemented",
  MethodNotAllowed: "not-implemented",
  SlowDown: "transient",
  InternalError: "transient",
  ServiceUnavailable: "transient",
  RequestTimeout: "transient",
  BadDigest: "transient",
  IncompleteBody: "transient",
  TimeoutError: "transient",
};

const networkCodes = /^(ECONN|ENET|EHOST|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_|EPROTO|EADDR|ERR_|UND_|CERT_|DEPTH_|SELF_|UNABLE_|HPE_)/;

export function failureOf(error: unknown): S3Failure {
  const facts: SdkError = typeof error === "object" && error !== null ? error : {};
  const system = typeof facts.code === "string" && networkCodes.test(facts.code) ? facts.code : undefined;
  const headers = facts.$response?.headers ?? {};
  const region = headers["x-amz-bucket-region"] ?? facts.Region;
  return {
    name: kindByName[facts.name ?? ""] === undefined ? (system ?? facts.name ?? "unknown") : (facts.name ?? "unknown"),
    message: facts.message ?? String(error),
    status: facts.$metadata?.httpStatusCode,
    attempts: facts.$metadata?.attempts ?? 1,
    bucketRegion: typeof region === "string" && region !== "" ? region : undefined,
    requestId: facts.$metadata?.requestId,
  };
}

/** What errors of the SDK carry, all of it perhaps. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly Region?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

export function kindOf(failure: S3Failure): S3FailureKind {
  const named = kindByName[failure.name];
  // The same code stands for a bad signature and for a bucket elsewhere; only the second one names a place.
  if (failure.name === "AuthorizationHeaderMalformed" && failure.bucketRegion === undefined) return "rejected-credentials";
  if (named !== undefined) return named;
  if (networkCodes.test(failure.name)) return "transient";
  // An answer to HEAD has no body, so no code.
  switch (failure.status) {
    case 301:
    case 307:
      return "wrong-region";
    case 400:
      return failure.bucketRegion === undefined ? "other" : "wrong-region";
    case 401:
    case 403:
      return "denied";
    case 404:
      return "no-object";
    case 409:
      return "conflict";
    case 412:
      return "exists";
    case 416:
      return "outside-range";
    case 405:
    case 501:
      return "not-implemented";
    case 507:
      return "no-space";
    case undefined:
      return "other";
    default:
      return failure.status >= 500 || failure.status === 429 || failure.status === 408 ? "transient" : "other";
  }
}
