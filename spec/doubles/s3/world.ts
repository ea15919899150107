import type { IncomingHttpHeaders } from "node:http";

/**
 * How the double judges conditions. `atomic`: as AWS. The others are wrong on purpose, so that suites can prove that they notice:
 * `ignore` overlooks conditions, `racy` judges them before the body has come, `unsupported` answers them with 501.
 */
export type DoubleMode = "atomic" | "ignore" | "racy" | "unsupported";

/** What tests do to requests. */
export interface DoubleHooks {
  /** Before anything is done. May throw an `S3Refusal`; `"drop"` cuts the connection, as a reset on the way does. */
  onRequest?: ((request: DoubleRequest) => Promise<"drop" | void> | "drop" | void) | undefined;
  /** The last wait before an object is installed: writers can be lined up here. */
  beforeCommit?: ((request: DoubleRequest) => Promise<void> | void) | undefined;
  /** `"drop"`: it is done, and nobody is told. */
  afterCommit?: ((request: DoubleRequest) => Promise<"drop" | void> | "drop" | void) | undefined;
  /** How a body is sent. `cut`: the connection breaks after half of it; `stall`: nothing comes after half of it; `trickle`: by the byte. */
  onAnswer?: ((request: DoubleRequest) => "cut" | "stall" | "trickle" | "damage" | void) | undefined;
}

/** What was asked and when it took effect; the numbers count all events of the double. */
export interface RequestRecord {
  readonly method: string;
  /** `PutObject`, `ListObjectsV2`, …: S3's own names. */
  operation: string;
  readonly key: string;
  readonly start: number;
  /** When the change became visible. */
  commit: number | undefined;
  end: number | undefined;
  status: number;
}

export interface DoubleRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly query: ReadonlyMap<string, string>;
  readonly bucket: string;
  readonly key: string;
  readonly record: RequestRecord;
}

/** A request whose body has come and was checked. */
export interface WholeRequest extends DoubleRequest {
  readonly body: Buffer;
  readonly sums: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly sums: Readonly<Record<string, string>>;
  readonly meta: Readonly<Record<string, string>>;
  /** Whole seconds. */
  readonly modifiedMs: number;
}

export interface UploadInProgress {
  readonly bucket: string;
  readonly key: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly parts: Map<number, { readonly body: Buffer; readonly etag: string; readonly sums: Readonly<Record<string, string>> }>;
}

export interface World {
  readonly mode: DoubleMode;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Buckets that everyone may read. */
  readonly publicBuckets: ReadonlySet<string>;
  /** Keys of a page of a listing, at most. */
  readonly pageKeys: number;
  readonly partBytesMin: number;
  /** Wrong on purpose: lists by UTF-16 units, as a server written in JavaScript or Java may. */
  readonly listsByUtf16: boolean;
  readonly hooks: DoubleHooks;
  readonly buckets: Map<string, Map<string, StoredObject>>;
  readonly uploads: Map<string, UploadInProgress>;
  readonly history: RequestRecord[];
  nextEvent(): number;
  /** Never runs backwards. */
  now(): number;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** An answer in S3's form of an error. */
export class S3Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    {
      message = code,
      fields = {},
      headers = {},
    }: { message?: string; fields?: Record<string, string>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.headers = headers;
  }
}

export function bucketOf(world: World, { bucket }: Pick<DoubleRequest, "bucket">): Map<string, StoredObject> {
  const objects = world.buckets.get(bucket);
  if (objects === undefined) throw new S3Refusal(404, "NoSuchBucket", { message: "The specified bucket does not exist" });
  return objects;
}

/** Everything that the double does not do is refused: a header that is silently ignored makes tests lie. */
export function notImplemented(what: string): S3Refusal {
  return new S3Refusal(501, "NotImplemented", {
    message: `A header or query you provided implies functionality that is not implemented: ${what}`,
  });
}
