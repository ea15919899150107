import type * as Sdk from "@aws-sdk/client-s3";
import type { Host } from "../base/host.js";
import { LakeError } from "../base/errors.js";
import { s3ConnectError, type S3Reach } from "./s3-store-errors.js";
import { failureOf } from "./s3-store-failure.js";
import type { S3Location } from "./s3-store-location.js";
import type { S3Settings } from "./s3-store-options.js";
import { proxyFor } from "./s3-store-proxy.js";

/** A client for one bucket, and what messages say about it. */
export interface S3Connection {
  readonly sdk: typeof Sdk;
  readonly client: Sdk.S3Client;
  readonly reach: S3Reach;
}

/** Requests without conditions that hold elsewhere: where a bucket is when nobody says so. */
const defaultRegion = "us-east-1";

const connections = new Map<string, Promise<S3Connection>>();
/** Functions and key pairs have no text that may be kept; each gets a number. */
const identities = new WeakMap<object, number>();
let identityCount = 0;

/**
 * The connection to a bucket under some settings: one for every store of the process that asks for the same, so that a hundred
 * tables share sockets, credentials and what is known of the region. The SDK is loaded here, at the first use of S3.
 *
 * @throws storage/unauthenticated, storage/no-such-bucket, storage/unavailable
 */
export function connectS3(location: S3Location, settings: S3Settings, host: Host): Promise<S3Connection> {
  const key = JSON.stringify([location.bucket, { ...settings, credentials: identityOf(settings.credentials) }, environment(host)]);
  const known = connections.get(key);
  if (known !== undefined) return known;
  const made = open(location, settings, host);
  connections.set(key, made);
  // What failed may succeed later: after a login, or when the network is back.
  made.catch(() => connections.delete(key));
  return made;
}

function identityOf(credentials: S3Settings["credentials"]): unknown {
  if (credentials === undefined || typeof credentials === "string") return credentials;
  const known = identities.get(credentials) ?? ++identityCount;
  identities.set(credentials, known);
  return known;
}

/** What the SDK reads when a client is made. A process that changes it, as tests do, wants another client. */
function environment(host: Host): readonly (string | undefined)[] {
  const names = ["AWS_REGION", "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"];
  const proxies = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];
  return [...names, ...proxies, ...proxies.map((name) => name.toUpperCase())].map((name) => host.env(name));
}

async function open(location: S3Location, settings: S3Settings, host: Host): Promise<S3Connection> {
  const sdk = await import("@aws-sdk/client-s3");
  const endpoint = settings.endpoint ?? endpointOf(host);
  const config = await baseConfig(settings, endpoint, location, host);
  const draft = new sdk.S3Client(config);
  const reach = { bucket: location.bucket, endpoint: endpoint === undefined ? undefined : shown(endpoint) };
  const signing = await signingOf(draft, location, settings, host, { ...reach, region: defaultRegion, signing: "signed" });
  // What the chain has found is used on: a credential process or a login is not asked twice.
  const signer = signing === "signed" ? { credentials: draft.config.credentials } : unsigned;
  const region = (await regionOf(draft)) ?? (endpoint === undefined ? await findRegion(sdk, location, config, reach) : defaultRegion);
  return { sdk, client: new sdk.S3Client({ ...config, region, ...signer }), reach: { ...reach, region, signing } };
}

async function baseConfig(
  settings: S3Settings,
  endpoint: string | undefined,
  location: S3Location,
  host: Host,
): Promise<Sdk.S3ClientConfig> {
  const { region, profile, credentials } = settings;
  const forcePathStyle = settings.forcePathStyle ?? endpoint !== undefined;
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined || credentials === "anonymous" ? {} : { credentials: sdkCredentials(credentials) }),
    forcePathStyle,
    maxAttempts: settings.maxAttempts,
    retryMode: settings.retryMode,
    // The header costs a round trip and a connection of its own per upload.
    expectContinueHeader: false,
    requestHandler: await requestHandler(settings, new URL(endpoint ?? `https://${location.bucket}.s3.amazonaws.com`), host),
  };
}

async function requestHandler(settings: S3Settings, target: URL, host: Host): Promise<Sdk.S3ClientConfig["requestHandler"] & object> {
  const { NodeHttpHandler } = await import("@smithy/node-http-handler");
  const proxy = settings.proxy === false ? undefined : (settings.proxy ?? proxyFor(target, host));
  const pool = { keepAlive: true, maxSockets: settings.maxConnections };
  const silence = (): void => {};
  const timeouts = {
    connectionTimeout: settings.connectTimeoutMs,
    socketTimeout: settings.idleTimeoutMs,
    requestTimeout: settings.requestTimeoutMs,
    throwOnRequestTimeout: true,
    // Requests that wait for a connection are no news: that is what the limit is for.
    logger: { trace: silence, debug: silence, info: silence, warn: silence, error: silence },
  };
  if (proxy === undefined) return new NodeHttpHandler({ ...timeouts, httpAgent: pool, httpsAgent: pool });
  const { default: agents } = await import("hpagent");
  return new NodeHttpHandler({
    ...timeouts,
    httpAgent: new agents.HttpProxyAgent({ ...pool, proxy }),
    httpsAgent: new agents.HttpsProxyAgent({ ...pool, proxy }),
  });
}

function sdkCredentials(
  credentials: Exclude<S3Settings["credentials"], "anonymous" | undefined>,
): Sdk.S3ClientConfig["credentials"] & {} {
  const plain = (keys: Exclude<typeof credentials, () => unknown>): Sdk.S3ClientConfig["credentials"] & object => ({
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey,
    ...(keys.sessionToken === undefined ? {} : { sessionToken: keys.sessionToken }),
    ...(keys.expiration === undefined ? {} : { expiration: keys.expiration }),
  });
  if (typeof credentials !== "function") return plain(credentials);
  return (async () => plain(await credentials())) as Sdk.S3ClientConfig["credentials"] & {};
}

/** Requests go out as they are. */
const unsigned: Pick<Sdk.S3ClientConfig, "credentials" | "signer"> = {
  credentials: { accessKeyId: "", secretAccessKey: "" },
  signer: { sign: (request) => Promise.resolve(request) },
};

/**
 * Whether requests are signed. Public buckets are for those without credentials, too; but who names a profile or has a login
 * that expired wants to hear of it, instead of being refused as a stranger.
 */
async function signingOf(
  client: Sdk.S3Client,
  location: S3Location,
  settings: S3Settings,
  host: Host,
  reach: S3Reach,
): Promise<S3Reach["signing"]> {
  if (settings.credentials === "anonymous") return "anonymous";
  if (typeof settings.credentials === "object") return "signed";
  try {
    await client.config.credentials();
    return "signed";
  } catch (error) {
    const nothingFound = failureOf(error).message.startsWith("Could not load credentials from any providers");
    const asked = settings.credentials ?? settings.profile ?? host.env("AWS_PROFILE");
    if (nothingFound && asked === undefined) return "none-found";
    const name = error instanceof Error && error.name !== "Error" ? error.name : "CredentialsProviderError";
    const message = error instanceof Error ? error.message : String(error);
    const profile = settings.profile ?? host.env("AWS_PROFILE");
    const hint = typeof settings.credentials === "function" || profile === undefined ? message : `profile "${profile}": ${message}`;
    throw s3ConnectError(location.url, reach, { name: failureName(name), message: hint });
  }
}

/** Whatever a provider fails with, the credentials are what is missing. */
function failureName(name: string): string {
  return /Expired/.test(name) ? "ExpiredToken" : "CredentialsProviderError";
}

async function regionOf(client: Sdk.S3Client): Promise<string | undefined> {
  try {
    return await client.config.region();
  } catch {
    // The SDK knows none: neither option nor environment nor profile has it.
    return undefined;
  }
}

/** AWS tells everyone where a bucket is, with or without permission to look into it. */
async function findRegion(
  sdk: typeof Sdk,
  { bucket, url }: S3Location,
  config: Sdk.S3ClientConfig,
  reach: Omit<S3Reach, "region" | "signing">,
): Promise<string> {
  const asked: S3Reach = { ...reach, region: defaultRegion, signing: "signed" };
  try {
    const client = new sdk.S3Client({ ...config, region: defaultRegion, ...unsigned });
    const { BucketRegion } = await client.send(new sdk.HeadBucketCommand({ Bucket: bucket }));
    return BucketRegion ?? defaultRegion;
  } catch (error) {
    const { bucketRegion } = failureOf(error);
    if (bucketRegion !== undefined) return bucketRegion;
    throw s3ConnectError(url, asked, error);
  }
}

function endpointOf(host: Host): string | undefined {
  if (host.env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") === "true") return undefined;
  const endpoint = host.env("AWS_ENDPOINT_URL_S3") || host.env("AWS_ENDPOINT_URL") || undefined;
  if (endpoint !== undefined && !(/^https?:\/\//i.test(endpoint) && URL.canParse(endpoint))) {
    throw new LakeError(
      "usage/invalid-option",
      "AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL is no URL that begins with http:// or https://.",
    );
  }
  return endpoint;
}

function shown(endpoint: string): string {
  const { protocol, host } = new URL(endpoint);
  return `${protocol}//${host}`;
}
