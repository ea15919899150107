import { LakeError } from "../../base/errors.js";
import { corruptLog, type Place } from "./action-fields.js";

/**
 * The key below the table's root that the `path` of a file action names. PROTOCOL.md "Add File and Remove File": a URI, relative
 * to the root or absolute, percent-encoded.
 *
 * @param rootUrl  the store's URL: tells which absolute paths lie below the root
 * @throws delta/corrupt-log  an escape that decodes to nothing
 * @throws storage/location-not-allowed  a path that leaves the root
 */
export function decodeDataPath(path: string, rootUrl: string, place: Place): string {
  const decoded = decodePercent(path, place);
  const relative = isAbsolute(path) ? belowRoot(decoded, rootUrl) : decoded;
  const segments = relative?.split("/").filter((segment) => segment !== "." && segment !== "");
  if (segments === undefined || segments.includes("..")) throw outside(path, rootUrl);
  if (segments.length === 0) throw corruptLog(place, `the path ${JSON.stringify(path)} names no file`);
  return segments.join("/");
}

/**
 * The spelling under which two paths of file actions are compared: relative ones as they are; of absolute ones `file:/a`,
 * `file:///a` and `/a` are one path, as in Spark's log replay.
 */
export function canonicalPath(path: string): string {
  return isAbsolute(path) ? plain(path) : path;
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[a-zA-Z][a-zA-Z0-9+.-]*:\//.test(path);
}

/** What is left of an absolute path below the root; `undefined` when it lies elsewhere. */
function belowRoot(decoded: string, rootUrl: string): string | undefined {
  const root = plain(safeDecode(rootUrl)).replace(/\/+$/, "");
  const target = plain(decoded);
  return target.startsWith(`${root}/`) ? target.slice(root.length + 1) : undefined;
}

/** `file:/a`, `file:///a` and `/a` are one place, `s3a:` is `s3:`. */
function plain(url: string): string {
  return url
    .replace(/^file:/, "")
    .replace(/^\/+/, "/")
    .replace(/^s3[an]:/, "s3:");
}

function decodePercent(path: string, place: Place): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw corruptLog(place, `the path ${JSON.stringify(path)} is not percent-encoded as a URI`, error);
  }
}

function safeDecode(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function outside(path: string, rootUrl: string): LakeError {
  return new LakeError(
    "storage/location-not-allowed",
    `The table at ${rootUrl} refers to the file ${JSON.stringify(path)}, which lies outside of its folder. ` +
      `This release of laketable reads files below the table only; use the engine that made the table, or copy the table with it.`,
    { path, root: rootUrl },
  );
}
