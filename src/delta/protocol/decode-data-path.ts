import { isAbsoluteLocation, locationPath, normalizedPath, storePath } from "../../storage/location-path.js";
import { corruptLog, type Place } from "./action-fields.js";

/**
 * The file that the `path` of a file action names: a key below the table's root, or of a file elsewhere its absolute path or URL, decoded.
 * PROTOCOL.md "Add File and Remove File": a URI, relative to the root or absolute, percent-encoded.
 *
 * @param rootUrl  the store's URL: tells which absolute paths lie below the root
 * @throws delta/corrupt-log  an escape that decodes to nothing, a path that names no file
 */
export function decodeDataPath(path: string, rootUrl: string, place: Place): string {
  const root = storePath(rootUrl);
  const decoded = decodePercent(path, place);
  const absolute = isAbsoluteLocation(path) ? locationPath(decoded) : `${root}/${decoded}`;
  const file = decoded === "" ? undefined : normalizedPath(absolute);
  if (file === undefined || file === root || file.endsWith("/"))
    throw corruptLog(place, `the path ${JSON.stringify(path)} names no file`);
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}

/**
 * The spelling under which two paths of file actions are compared: relative ones as they are; of absolute ones `file:/a`,
 * `file:///a` and `/a` are one path, as in Spark's log replay.
 */
export function canonicalPath(path: string): string {
  return isAbsoluteLocation(path) ? locationPath(path) : path;
}

function decodePercent(path: string, place: Place): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw corruptLog(place, `the path ${JSON.stringify(path)} is not percent-encoded as a URI`, error);
  }
}
