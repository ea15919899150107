/**
 * One spelling for places, however they are written: `file:/a`, `file:///a` and `/a` are `/a`, `s3a:` and `s3n:` are `s3:`. Names are
 * decoded already, and stay.
 */
export function locationPath(location: string): string {
  return location
    .replace(/^file:/i, "")
    .replace(/^\/+/, "/")
    .replace(/^s3[an]:/i, "s3:");
}

/** `locationPath` of a store's URL; of the schemes only `file:` has percent escapes. */
export function storePath(url: string): string {
  return locationPath(url.startsWith("file:") ? decodeURIComponent(url) : url).replace(/\/+$/, "");
}

export function isAbsoluteLocation(path: string): boolean {
  return path.startsWith("/") || /^[a-zA-Z][a-zA-Z0-9+.-]*:\//.test(path);
}

/** Without `.`, `..` and empty segments; `undefined` when it climbs above the root, of a URL above its bucket. */
export function normalizedPath(path: string): string | undefined {
  const head = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/]*)?\/?/.exec(path)?.[0] ?? "";
  const kept: string[] = [];
  for (const segment of path.slice(head.length).split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") kept.push(segment);
    else if (kept.pop() === undefined) return undefined;
  }
  return head + kept.join("/");
}

/** The folder that a local path lies in. */
export function parentFolder(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
