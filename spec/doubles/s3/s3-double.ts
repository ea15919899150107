import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { judgeConditions } from "./install.js";
import { listObjects } from "./listing.js";
import { abortUpload, completeUpload, createUpload, listUploads, uploadPart } from "./multipart.js";
import { deleteObject, deleteObjects, getObject, putObject } from "./objects.js";
import { receiveBody } from "./request-body.js";
import { authenticate } from "./signature.js";
import { bucketOf, notImplemented, S3Refusal } from "./world.js";
import type { Answer, DoubleHooks, DoubleMode, DoubleRequest, RequestRecord, WholeRequest, World } from "./world.js";
import { escapeXml } from "./xml.js";

export interface DoubleOptions {
  readonly mode?: DoubleMode;
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly buckets?: readonly string[];
  readonly publicBuckets?: readonly string[];
  readonly pageKeys?: number;
  readonly partBytesMin?: number;
  readonly listsByUtf16?: boolean;
}

/** An S3 server in this process: path-style, over a real socket. */
export interface S3Double {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** May be set at any time. */
  readonly hooks: DoubleHooks;
  readonly world: World;
  /** Every request since the start or the last `reset`, in the order of their arrival. */
  readonly history: readonly RequestRecord[];
  /** `["GetObject", …]`, sorted, of the requests since the start or the last `reset`. */
  operations(): readonly string[];
  reset(): void;
  close(): Promise<void>;
}

export async function startS3Double(options: DoubleOptions = {}): Promise<S3Double> {
  const world = newWorld(options);
  const server = createServer((incoming, response) => void serve(world, incoming, response));
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: world.accessKeyId, secretAccessKey: world.secretAccessKey },
    hooks: world.hooks,
    world,
    history: world.history,
    operations: () => world.history.map(({ operation }) => operation).sort(),
    reset: () => void world.history.splice(0),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function newWorld(options: DoubleOptions): World {
  let events = 0;
  let lastMs = 0;
  const publicBuckets = options.publicBuckets ?? [];
  return {
    mode: options.mode ?? "atomic",
    region: options.region ?? "us-east-1",
    accessKeyId: options.accessKeyId ?? "double",
    secretAccessKey: options.secretAccessKey ?? "double-secret",
    publicBuckets: new Set(publicBuckets),
    pageKeys: options.pageKeys ?? 1000,
    partBytesMin: options.partBytesMin ?? 5 << 20,
    listsByUtf16: options.listsByUtf16 ?? false,
    hooks: {},
    buckets: new Map([...(options.buckets ?? ["lake"]), ...publicBuckets].map((name) => [name, new Map()])),
    uploads: new Map(),
    history: [],
    nextEvent: () => ++events,
    now: () => (lastMs = Math.max(lastMs, Date.now())),
  };
}

async function serve(world: World, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = requestOf(world, incoming);
  world.history.push(request.record);
  let answer: Answer | "drop";
  try {
    answer = await handle(world, incoming, request);
  } catch (error) {
    // The client went away before its body was whole: nothing has happened.
    if (incoming.destroyed && !incoming.complete) return;
    answer = refusalAnswer(request, error);
  }
  if (answer === "drop") return void incoming.socket.destroy();
  request.record.status = answer.status;
  request.record.end = world.nextEvent();
  const body = Buffer.from(answer.body ?? "");
  const length = answer.status === 204 || answer.status === 304 ? {} : { "content-length": String(body.length) };
  response.writeHead(answer.status, {
    "x-amz-request-id": randomBytes(8).toString("hex").toUpperCase(),
    date: new Date().toUTCString(),
    ...(typeof answer.body === "string" ? { "content-type": "application/xml" } : {}),
    ...length,
    ...answer.headers,
    ...(incoming.complete ? {} : { connection: "close" }),
  });
  if (request.method === "HEAD") response.end();
  else await sendBody(world, request, response, body);
}

async function sendBody(world: World, request: DoubleRequest, response: ServerResponse, body: Buffer): Promise<void> {
  const half = Math.floor(body.length / 2);
  switch (world.hooks.onAnswer?.(request)) {
    case "cut":
      response.write(body.subarray(0, half), () => response.destroy());
      return;
    case "stall":
      response.write(body.subarray(0, half));
      return;
    case "trickle":
      for (let at = 0; at < body.length && !response.destroyed; at += 1) {
        response.write(body.subarray(at, at + 1));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      response.end();
      return;
    case "damage": {
      const damaged = Buffer.from(body);
      damaged[half] = (damaged[half] ?? 0) ^ 1;
      response.end(damaged);
      return;
    }
    default:
      response.end(body);
  }
}

function requestOf(world: World, incoming: IncomingMessage): DoubleRequest {
  const [rawPath = "/", rawQuery = ""] = (incoming.url ?? "/").split("?");
  const pairs = rawQuery.split("&").filter((pair) => pair !== "");
  const decode = (text: string): string => decodeURIComponent(text.replaceAll("+", " "));
  const [, bucket = "", ...segments] = rawPath.split("/").map(decodeURIComponent);
  const method = incoming.method ?? "";
  const key = segments.join("/");
  const record: RequestRecord = { method, operation: "?", key, start: world.nextEvent(), commit: undefined, end: undefined, status: 0 };
  const query = new Map(
    pairs.map((pair) => {
      const at = pair.includes("=") ? pair.indexOf("=") : pair.length;
      return [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
    }),
  );
  return { method, headers: incoming.headers, rawPath, rawQuery, query, bucket, key, record };
}

async function handle(world: World, incoming: IncomingMessage, request: DoubleRequest): Promise<Answer | "drop"> {
  request.record.operation = operationOf(request);
  if ((await world.hooks.onRequest?.(request)) === "drop") return "drop";
  const payload = authenticate(world, request);
  const isWrite = ["PutObject", "CompleteMultipartUpload"].includes(request.record.operation);
  // Wrong on purpose: decided before the body has come.
  if (world.mode === "racy" && isWrite) judgeConditions(world, request);
  const whole: WholeRequest = { ...request, ...(await receiveBody(incoming, payload)) };
  return carryOut(world, whole);
}

const knownParameters = new Set(
  (
    "x-id list-type prefix delimiter start-after continuation-token max-keys encoding-type fetch-owner delete uploads uploadId " +
    "partNumber X-Amz-Algorithm X-Amz-Credential X-Amz-Date X-Amz-Expires X-Amz-SignedHeaders X-Amz-Signature"
  ).split(" "),
);

function operationOf({ method, query, bucket, key, rawPath }: DoubleRequest): string {
  const unknown = [...query.keys()].find((name) => !knownParameters.has(name));
  if (unknown !== undefined || bucket === "") throw notImplemented(unknown ?? rawPath);
  const on = key === "" ? "bucket" : query.has("uploads") ? "uploads" : query.has("uploadId") ? "upload" : "object";
  const onBucket = query.has("uploads") ? "uploads" : query.has("delete") ? "delete" : query.get("list-type") === "2" ? "list" : "plain";
  const operation = operations[on === "bucket" ? `${method} bucket ${onBucket}` : `${method} ${on}`];
  if (operation === undefined) throw notImplemented(`${method} ${rawPath}`);
  return operation;
}

const operations: Readonly<Record<string, string>> = {
  "PUT bucket plain": "CreateBucket",
  "HEAD bucket plain": "HeadBucket",
  "GET bucket list": "ListObjectsV2",
  "GET bucket uploads": "ListMultipartUploads",
  "POST bucket delete": "DeleteObjects",
  "PUT object": "PutObject",
  "GET object": "GetObject",
  "HEAD object": "HeadObject",
  "DELETE object": "DeleteObject",
  "POST uploads": "CreateMultipartUpload",
  "PUT upload": "UploadPart",
  "POST upload": "CompleteMultipartUpload",
  "DELETE upload": "AbortMultipartUpload",
};

async function carryOut(world: World, request: WholeRequest): Promise<Answer | "drop"> {
  switch (request.record.operation) {
    case "CreateBucket":
      if (world.buckets.has(request.bucket)) throw new S3Refusal(409, "BucketAlreadyOwnedByYou");
      world.buckets.set(request.bucket, new Map());
      return { status: 200 };
    case "HeadBucket":
      bucketOf(world, request);
      return { status: 200, headers: { "x-amz-bucket-region": world.region } };
    case "ListObjectsV2":
      return listObjects(world, request);
    case "ListMultipartUploads":
      return listUploads(world, request);
    case "DeleteObjects":
      return deleteObjects(world, request);
    case "PutObject":
      return putObject(world, request);
    case "GetObject":
    case "HeadObject":
      return getObject(world, request);
    case "DeleteObject":
      return deleteObject(world, request);
    case "CreateMultipartUpload":
      return createUpload(world, request);
    case "UploadPart":
      return uploadPart(world, request);
    case "CompleteMultipartUpload":
      return completeUpload(world, request);
    case "AbortMultipartUpload":
      return abortUpload(world, request);
    default:
      throw notImplemented(request.record.operation);
  }
}

function refusalAnswer({ method, rawPath }: DoubleRequest, error: unknown): Answer {
  const refusal = error instanceof S3Refusal ? error : new S3Refusal(500, "InternalError", { message: String(error) });
  if (refusal.status === 304 || method === "HEAD") return { status: refusal.status, headers: refusal.headers };
  const fields = Object.entries({ Code: refusal.code, Message: refusal.message, Resource: rawPath, ...refusal.fields });
  const content = fields.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`).join("");
  return { status: refusal.status, headers: refusal.headers, body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${content}</Error>` };
}
