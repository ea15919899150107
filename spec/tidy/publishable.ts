import { findAll, lineAt, type SourceFile, type Violation } from "./source-file.js";

/** Put together, so that this file does not hold what it looks for. */
const machineFolders = [
  ["", "work", ""],
  ["", "tmp", "brief"],
].map((parts) => parts.join("/"));

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Nothing that is published names the machine it was written on, or where its packages came from. */
export function machineViolations(files: readonly SourceFile[]): Violation[] {
  const folders = new RegExp(`(?<![\\w.~-])(?:${machineFolders.map(escape).join("|")})`, "g");
  const registry = new RegExp(`\\b(?:https?:)?//(?:[\\w-]+\\.)*(?:registry|npm|artifactory|nexus)[\\w.-]*`, "gi");
  return files.flatMap((file) => [
    ...findAll(file, file.text, folders, "names a machine's folder", "a relative path, or a temporary folder made by the test"),
    ...registryHosts(file, registry),
  ]);
}

/** The registry's pages for readers are no host of packages. */
function registryHosts(file: SourceFile, pattern: RegExp): Violation[] {
  return [...file.text.matchAll(pattern)]
    .filter((match) => !/\/\/(?:www\.)?npmjs\.com$/i.test(match[0]) && !/\/\/(?:docs|badge)\./i.test(match[0]))
    .map((match) => ({
      path: file.path,
      line: lineAt(file.text, match.index),
      rule: "names a registry's host",
      instead: "the name of the package alone",
    }));
}

/** With `resolved` in it, the lock file binds installs to the registry that it was made with. */
export function lockFileViolations(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => path.endsWith("package-lock.json"))
    .flatMap((file) =>
      findAll(file, file.text, /"resolved"\s*:/g, 'has "resolved"', "npm install with omit-lockfile-registry-resolved=true"),
    );
}
