import { LakeError } from "../base/errors.js";

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** How to reach S3. What is left out comes from where the AWS SDK takes it: environment, profile, container, machine. */
export interface S3Options {
  /** Default: `AWS_REGION`, the profile's, or the one that S3 says the bucket is in. */
  readonly region?: string | undefined;
  /** Another S3 server, for example `http://localhost:9000`. Default: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, or AWS itself. */
  readonly endpoint?: string | undefined;
  /**
   * Keys, a function that gives them (called again before they expire), or `"anonymous"` for public buckets. Default: the SDK's
   * chain (environment, profile, SSO, web identity, container, instance); where it finds none, requests go out unsigned.
   */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>) | "anonymous" | undefined;
  /** The profile of `~/.aws/config` to use. Default: `AWS_PROFILE`, or `default`. */
  readonly profile?: string | undefined;
  /** `true`: the bucket stands in the path of a request; `false`: in the host's name. Default: `true` for an endpoint of one's own. */
  readonly forcePathStyle?: boolean | undefined;
  /** The proxy to go through; `false`: none. Default: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. */
  readonly proxy?: string | false | undefined;
  /** How often a request is tried in all. Default: 5. */
  readonly maxAttempts?: number | undefined;
  /** The SDK's way to wait between attempts; `"adaptive"` also slows down under throttling. Default: `"standard"`. */
  readonly retryMode?: "standard" | "adaptive" | undefined;
  /** How long a connection may take. Default: 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long a connection may be still while a request is under way, its body included. Default: 30,000. */
  readonly idleTimeoutMs?: number | undefined;
  /** How long a request may take until its answer begins, the upload of its body included. Default: 300,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** Connections at once. Default: 64. */
  readonly maxConnections?: number | undefined;
  /** Bytes of a part of a multipart upload, from 5 MiB; objects up to this size are sent at once. Default: 8 MiB. */
  readonly partBytes?: number | undefined;
}

/** The options with every number decided. */
export interface S3Settings extends S3Options {
  readonly maxAttempts: number;
  readonly retryMode: "standard" | "adaptive";
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly maxConnections: number;
  readonly partBytes: number;
}

/** S3 takes no smaller part, but for the last. */
const partBytesMin = 5 << 20;
/** What a part may be so that four of them fit into memory beside the rest. */
const partBytesMax = 512 << 20;

const kinds: Readonly<Record<keyof S3Options, (value: unknown) => string | undefined>> = {
  region: text,
  endpoint: httpUrl,
  credentials,
  profile: text,
  forcePathStyle: (value) => (typeof value === "boolean" ? undefined : "true or false"),
  proxy: (value) => (value === false ? undefined : httpUrl(value)),
  maxAttempts: count(1, 100),
  retryMode: (value) => (value === "standard" || value === "adaptive" ? undefined : '"standard" or "adaptive"'),
  connectTimeoutMs: count(1, 1 << 30),
  idleTimeoutMs: count(1, 1 << 30),
  requestTimeoutMs: count(1, 1 << 30),
  maxConnections: count(1, 10_000),
  partBytes: count(partBytesMin, partBytesMax),
};

/** @throws usage/invalid-option, whose message holds no value: it could be a secret */
export function s3Settings(options: S3Options | undefined): S3Settings {
  if (options !== undefined && (typeof options !== "object" || options === null)) throw invalidOption("s3", "an object");
  for (const [name, value] of Object.entries(options ?? {})) {
    if (value === undefined) continue;
    if (!Object.hasOwn(kinds, name)) {
      const known = Object.keys(kinds);
      throw new LakeError("usage/invalid-option", `s3 has no option ${JSON.stringify(name)}. Known: ${known.join(", ")}.`, {
        option: `s3.${name}`,
        known,
      });
    }
    const expected = kinds[name as keyof S3Options](value);
    if (expected !== undefined) throw invalidOption(`s3.${name}`, expected);
  }
  return {
    ...options,
    maxAttempts: options?.maxAttempts ?? 5,
    retryMode: options?.retryMode ?? "standard",
    connectTimeoutMs: options?.connectTimeoutMs ?? 10_000,
    idleTimeoutMs: options?.idleTimeoutMs ?? 30_000,
    requestTimeoutMs: options?.requestTimeoutMs ?? 300_000,
    maxConnections: options?.maxConnections ?? 64,
    partBytes: options?.partBytes ?? 8 << 20,
  };
}

function invalidOption(option: string, expected: string): LakeError {
  return new LakeError("usage/invalid-option", `The option ${option} must be ${expected}.`, { option });
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? undefined : "a text that is not empty";
}

function httpUrl(value: unknown): string | undefined {
  return typeof value === "string" && /^https?:\/\//i.test(value) && URL.canParse(value)
    ? undefined
    : "a URL that begins with http:// or https://";
}

function credentials(value: unknown): string | undefined {
  if (value === "anonymous" || typeof value === "function") return undefined;
  const keys: Partial<Record<keyof S3Credentials, unknown>> = typeof value === "object" && value !== null ? value : {};
  const isWhole = typeof keys.accessKeyId === "string" && typeof keys.secretAccessKey === "string";
  return isWhole ? undefined : '{ accessKeyId, secretAccessKey, sessionToken }, a function that gives such, or "anonymous"';
}

function count(min: number, max: number): (value: unknown) => string | undefined {
  return (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
      ? undefined
      : `a whole number from ${min} to ${max}`;
}
