import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { fileURLToPath } from "node:url";

/** One file as the rules see it. `path` is relative to the repository and "/"-separated. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** `text` with comments blanked; line breaks and positions stay. */
  readonly uncommented: string;
  /** `text` with comments and the insides of strings, templates and regular expressions blanked. */
  readonly code: string;
}

/** Something a rule found: where, what, and what to write instead. */
export interface Violation {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly rule: string;
  readonly instead: string;
}

export function showViolation({ path, line, rule, instead }: Violation): string {
  return `${path}:${line} ${rule} → ${instead}`;
}

export const repository = fileURLToPath(new URL("../..", import.meta.url));

export function sourceFile(path: string, text: string): SourceFile {
  const { uncommented, code } = mask(text);
  return { path, text, uncommented, code };
}

/** The TypeScript files below the folders, new ones included. */
export function readSources(folders: readonly string[]): SourceFile[] {
  const namesIn = (folder: string): string[] => readdirSync(`${repository}/${folder}`, { recursive: true, encoding: "utf8" });
  const paths = folders.flatMap((folder) => namesIn(folder).map((name) => posix.join(folder, name.replaceAll("\\", "/"))));
  return paths
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => sourceFile(path, readFileSync(`${repository}/${path}`, "utf8")));
}

/** The text files that git tracks; none where there is no git (a package that was unpacked). */
export function readTracked(): SourceFile[] {
  let listing: string;
  try {
    listing = execFileSync("git", ["ls-files", "-z"], { cwd: repository, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return [];
  }
  const files: SourceFile[] = [];
  for (const path of listing.split("\0").filter((name) => name !== "")) {
    let bytes: Buffer;
    try {
      bytes = readFileSync(`${repository}/${path}`);
    } catch {
      // Tracked, but deleted in this checkout.
      continue;
    }
    const text = bytes.includes(0) ? "" : bytes.toString("utf8");
    files.push({ path, text, uncommented: text, code: text });
  }
  return files;
}

/** Line number (1-based) of a position. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let index = text.indexOf("\n"); index >= 0 && index < position; index = text.indexOf("\n", index + 1)) line += 1;
  return line;
}

/** Every match of `pattern` in `text` as a violation. */
export function findAll(file: SourceFile, text: string, pattern: RegExp, rule: string, instead: string): Violation[] {
  return [...text.matchAll(pattern)].map((match) => ({ path: file.path, line: lineAt(text, match.index), rule, instead }));
}

/** What one file refers to by `import`, `export … from`, `import()` or `new URL("./x.js", import.meta.url)`. */
export interface Reference {
  readonly specifier: string;
  readonly line: number;
  /** The file meant by a relative reference. */
  readonly target: string | undefined;
}

export function referencesOf(file: SourceFile): Reference[] {
  const references: Reference[] = [];
  for (const match of file.uncommented.matchAll(/\b(?:from|import|new URL)\s*\(?\s*(["'])([^"'\n]+)\1/g)) {
    // Only where the keyword is code: a sentence in a string may say "from" too.
    if (file.code[match.index] !== file.text[match.index]) continue;
    const specifier = match[2] ?? "";
    const isUrl = match[0].startsWith("new URL");
    if (isUrl && !/\.[jt]s$/.test(specifier)) continue;
    const target = specifier.startsWith(".") ? posix.join(dirname(file.path), specifier).replace(/\.js$/, ".ts") : undefined;
    references.push({ specifier, line: lineAt(file.text, match.index), target });
  }
  return references;
}

/** Walks once over the text, blanking comments, and in a second copy also the insides of literals. */
function mask(text: string): { uncommented: string; code: string } {
  const uncommented = text.split("");
  const code = [...uncommented];
  const blank = (target: string[], start: number, end: number): void => {
    for (let index = start; index < end; index += 1) if (target[index] !== "\n") target[index] = " ";
  };
  /** For each `${` that is open, the depth of braces in it. */
  const templates: number[] = [];
  let index = 0;
  const skipTemplate = (start: number): number => {
    const end = templateEnd(text, start);
    blank(code, start, end);
    if (!text.startsWith("${", end)) return end + 1;
    templates.push(0);
    return end + 2;
  };
  while (index < text.length) {
    const char = text[index] ?? "";
    const depth = templates.at(-1);
    if (text.startsWith("//", index) || text.startsWith("/*", index)) {
      const end = commentEnd(text, index);
      blank(uncommented, index, end);
      blank(code, index, end);
      index = end;
    } else if (char === '"' || char === "'") {
      const end = literalEnd(text, index + 1, char);
      blank(code, index + 1, end);
      index = end + 1;
    } else if (char === "`") {
      index = skipTemplate(index + 1);
    } else if (char === "/" && startsRegExp(code, index)) {
      const end = regExpEnd(text, index + 1);
      blank(code, index + 1, end);
      index = end + 1;
    } else if (depth !== undefined && char === "}" && depth === 0) {
      templates.pop();
      index = skipTemplate(index + 1);
    } else {
      if (depth !== undefined && (char === "{" || char === "}")) templates[templates.length - 1] = depth + (char === "{" ? 1 : -1);
      index += 1;
    }
  }
  return { uncommented: uncommented.join(""), code: code.join("") };
}

function commentEnd(text: string, start: number): number {
  const end = text[start + 1] === "/" ? text.indexOf("\n", start) : text.indexOf("*/", start + 2) + 2;
  return end < start + 2 ? text.length : end;
}

function literalEnd(text: string, start: number, quote: string): number {
  let index = start;
  while (index < text.length && text[index] !== quote && text[index] !== "\n") index += text[index] === "\\" ? 2 : 1;
  return index;
}

/** Where the template's text ends: at its last backtick or at `${`. */
function templateEnd(text: string, start: number): number {
  let index = start;
  while (index < text.length && text[index] !== "`" && !text.startsWith("${", index)) index += text[index] === "\\" ? 2 : 1;
  return index;
}

function regExpEnd(text: string, start: number): number {
  let index = start;
  for (let inClass = false; index < text.length && text[index] !== "\n"; index += 1) {
    const char = text[index];
    if (char === "\\") index += 1;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "/" && !inClass) break;
  }
  return index;
}

/** A slash divides after a value, and begins a regular expression after anything else. */
function startsRegExp(code: readonly string[], index: number): boolean {
  const before = code
    .slice(Math.max(0, index - 40), index)
    .join("")
    .trimEnd();
  if (/(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|await|yield|void|throw)$/.test(before)) return true;
  return !/[\w$)\]}"'`]$/.test(before);
}
