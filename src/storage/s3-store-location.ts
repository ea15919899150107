import { LakeError } from "../base/errors.js";
import { assertPrefix } from "./object-key.js";

/** Where a store lies: a bucket, and the beginning that all its keys have there. */
export interface S3Location {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  /** `s3://bucket/path`, without a trailing slash. */
  readonly url: string;
}

/**
 * The place that `s3://bucket/path` or `s3a://bucket/path` names. What follows the bucket is the key as S3 knows it: spaces, `%`,
 * `#`, `?`, `+` and unicode are data and nothing is decoded, as in the S3 console's own URIs, the AWS CLI and Hadoop.
 *
 * @throws storage/invalid-path
 */
export function parseS3Location(location: string): S3Location {
  const match = /^s3a?:\/\/([^/]*)(.*)$/is.exec(location);
  const bucket = match?.[1] ?? "";
  const path = (match?.[2] ?? "").replace(/^\//, "").replace(/\/+$/, "");
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(bucket)) {
    throw new LakeError(
      "storage/invalid-path",
      `${JSON.stringify(location)} is no location on S3: ${bucketProblem(bucket)}. Locations look like s3://bucket/path/of/table.`,
      { location },
    );
  }
  const prefix = path === "" ? "" : `${path}/`;
  const url = path === "" ? `s3://${bucket}` : `s3://${bucket}/${path}`;
  assertPrefix({ url, key: prefix, operation: "list" });
  return { bucket, prefix, url };
}

function bucketProblem(bucket: string): string {
  if (bucket === "") return "it names no bucket";
  if (bucket.includes("@")) return "credentials do not belong into a URL; give them by environment, profile or the option s3.credentials";
  return `${JSON.stringify(bucket)} is no bucket's name (3 or more letters, digits, dots and hyphens)`;
}
