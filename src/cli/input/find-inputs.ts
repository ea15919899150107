import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { glob, isDynamicPattern } from "tinyglobby";
import { LakeError } from "../../base/errors.js";
import { createStoreResolver } from "../../storage/resolver.js";

/**
 * The files that an argument means: `-` for stdin, a file's name or `file:` URL, or a glob's matches in order of their names.
 *
 * @throws storage/not-found, storage/unknown-scheme, delta/unsupported-feature (S3)
 */
export async function findInputs(input: string): Promise<readonly string[]> {
  if (input === "-") return [input];
  const path = /^file:\/\//i.test(input) ? fileURLToPath(input) : input;
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true || found?.isFIFO() === true || found?.isCharacterDevice() === true) return [path];
  if (found?.isDirectory() === true) {
    throw new LakeError(
      "storage/not-found",
      `"${input}" is a folder. Name the files in it, for example "${input.replace(/\/+$/, "")}/*.parquet".`,
      {
        path: input,
      },
    );
  }
  // Other places than the disk are refused by name.
  if (/^s3a?:\/\//i.test(input)) {
    throw new LakeError(
      "delta/unsupported-feature",
      `"${input}" is on S3, and files to load are read from the disk or stdin. Copy it first, or read it with readParquet().`,
      { path: input, feature: "s3 inputs" },
    );
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(input)) createStoreResolver().resolve(input);
  const matches = isDynamicPattern(path) ? await glob(path, { expandDirectories: false }) : [];
  if (matches.length > 0) return matches.sort();
  throw new LakeError("storage/not-found", `There is no file "${input}" to read from. Check the name; nothing was written.`, {
    path: input,
  });
}
