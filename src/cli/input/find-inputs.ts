import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { glob, isDynamicPattern } from "tinyglobby";
import { LakeError } from "../../base/errors.js";
import { isObjectUrl } from "./open-object.js";

/**
 * The inputs that an argument means: `-` for stdin, the URL of an object, a file's name or `file:` URL, or a glob's matches in
 * the order of their names.
 *
 * @throws storage/not-found
 */
export async function findInputs(input: string): Promise<readonly string[]> {
  if (input === "-" || isObjectUrl(input)) return [input];
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
  const matches = isDynamicPattern(path) ? await glob(path, { expandDirectories: false }) : [];
  if (matches.length > 0) return matches.sort();
  throw new LakeError("storage/not-found", `There is no file "${input}" to read from. Check the name; nothing was written.`, {
    path: input,
  });
}
