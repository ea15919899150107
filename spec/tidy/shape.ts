import { basename } from "node:path";
import type { SourceFile, Violation } from "./source-file.js";

const limits = { fileLines: 500, medianFileLines: 150, functionLines: 70, lineCharacters: 140 } as const;

const linesOf = (text: string): string[] => text.replace(/\n$/, "").split("\n");

export function fileLengthViolations(files: readonly SourceFile[]): Violation[] {
  return files
    .map((file) => ({ path: file.path, lines: linesOf(file.text).length }))
    .filter(({ lines }) => lines > limits.fileLines)
    .map(({ path, lines }) => ({
      path,
      line: lines,
      rule: `has ${lines} lines`,
      instead: `files of at most ${limits.fileLines}, each about one thing`,
    }));
}

/** Half of the files are short enough to be read at one sitting. */
export function medianLengthViolations(files: readonly SourceFile[]): Violation[] {
  const lengths = files.map((file) => linesOf(file.text).length).sort((a, b) => a - b);
  const median = lengths[lengths.length >> 1] ?? 0;
  if (median <= limits.medianFileLines) return [];
  return [{ path: "src", line: 1, rule: `has files of ${median} lines (median)`, instead: `at most ${limits.medianFileLines}` }];
}

export function lineLengthViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) =>
    linesOf(file.text).flatMap((line, index) =>
      line.length <= limits.lineCharacters
        ? []
        : [
            {
              path: file.path,
              line: index + 1,
              rule: `is ${line.length} characters wide`,
              instead: `lines of at most ${limits.lineCharacters}`,
            },
          ],
    ),
  );
}

/** Functions with a body in braces, measured from the first line of their head to the closing brace. */
export function functionLengthViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) =>
    functionsOf(file)
      .filter(({ lines }) => lines > limits.functionLines)
      .map(({ line, lines }) => ({
        path: file.path,
        line,
        rule: `is a function of ${lines} lines`,
        instead: `at most ${limits.functionLines}: branches in the parent, loops in leaves`,
      })),
  );
}

/**
 * Finds functions by their indentation: the code is formatted, so a body ends at the first line that begins with a closing
 * brace as far left as its head.
 */
function functionsOf(file: SourceFile): { line: number; lines: number }[] {
  const code = linesOf(file.code);
  const indent = (index: number): number => /^ */.exec(code[index] ?? "")?.[0].length ?? 0;
  const found: { line: number; lines: number }[] = [];
  code.forEach((text, index) => {
    if (!text.trimEnd().endsWith("{")) return;
    let head = index;
    // The head of a function with one parameter a line begins where its parenthesis was opened.
    if (/^\s*[)>\]}]/.test(text)) {
      for (head -= 1; head > 0 && (code[head]?.trim() === "" || indent(head) > indent(index));) head -= 1;
    }
    if (!opensFunction(code.slice(head, index + 1).join(" "))) return;
    let end = index + 1;
    while (end < code.length && !(/^\s*\}/.test(code[end] ?? "") && indent(end) <= indent(head))) end += 1;
    found.push({ line: head + 1, lines: end - head + 1 });
  });
  return found;
}

function opensFunction(head: string): boolean {
  const text = head.trim();
  if (/=>\s*\{$/.test(text) || /\bfunction\b/.test(text)) return true;
  if (/^(?:\}\s*)?(?:if|for|while|switch|catch|else|do|try|finally|return|class|interface|type|const|let|case|default)\b/.test(text))
    return false;
  // A method: name, parameters, perhaps a type, and a body.
  return /^(?:(?:async|static|get|set|override|readonly|private|protected|public)\s+)*\*?\s*[\w$#[\].]+\s*(?:<[^(]*>)?\(.*\)[^()]*\{$/.test(
    text,
  );
}

const vagueNames = /^(?:utils?|helpers?|common|misc|manager|shared|stuff)(?:-|\.|$)|-(?:utils?|helpers?|impl)\./;

/** Files are named for their main export, in kebab-case. */
export function nameViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path }) => {
    const name = basename(path);
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.spec|\.suite|\.config|\.test-d|\.d)?\.ts$/.test(name)) {
      return [{ path, line: 1, rule: "is not kebab-case", instead: "a name like local-store.ts" }];
    }
    if (vagueNames.test(name)) return [{ path, line: 1, rule: "has a vague name", instead: "the name of what it holds" }];
    return [];
  });
}
