import { findAll, lineAt, type SourceFile, type Violation } from "./source-file.js";

interface BannedWord {
  readonly pattern: RegExp;
  readonly rule: string;
  readonly instead: string;
  /** Default: `code`, which has neither comments nor the insides of strings. */
  readonly within?: "code" | "text";
}

/** What lets the world in: only the host and the command may. */
const hostWords: readonly BannedWord[] = [
  { pattern: /\bDate\.now\b/g, rule: "Date.now", instead: "host.now()" },
  { pattern: /\bnew Date\(\s*\)/g, rule: "new Date()", instead: "new Date(host.now())" },
  { pattern: /\bperformance\.now\b/g, rule: "performance.now", instead: "host.now()" },
  { pattern: /\bMath\.random\b/g, rule: "Math.random", instead: "host.random()" },
  { pattern: /\b(?:randomUUID|randomBytes|getRandomValues)\b/g, rule: "randomness", instead: "host.uuid() or host.random()" },
  { pattern: /\b(?:setTimeout|setInterval)\b/g, rule: "a timer", instead: "host.sleep(ms, signal)" },
  { pattern: /\b(?:setImmediate|nextTick)\b/g, rule: "a turn of the event loop", instead: "host.yieldTurn()" },
  { pattern: /(?<![\w$.])process\s*\./g, rule: "process", instead: "host.env(name), host.cpus; or leave it to the cli" },
  { pattern: /(?<![\w$.])console\s*\./g, rule: "console", instead: "the logger that was given" },
];

/** Put together, so that this file does not hold what it looks for. */
const unfinished = new RegExp(`\\b(?:${["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK", "for " + "now"].join("|")})\\b`, "g");

/** The type, where a type can stand; a variable may have the name. */
const anyType =
  /(?:(?<=[:<|&]\s*|\bas\s+|\bsatisfies\s+|=>\s*|\btype\s+[\w$]+(?:<[^=]*>)?\s*=\s*)any(?![\w$(.:])|(?<![\w$.])any(?=\[\]|>))/g;

/** What no TypeScript of this project has. */
const languageWords: readonly BannedWord[] = [
  { pattern: anyType, rule: "any", instead: "unknown, or the type" },
  { pattern: /[\w$)\]]!(?=[.,;:()[\]}\s]|$)/gm, rule: "a non-null !", instead: "a check that says what is missing, or ?? with a value" },
  { pattern: /@ts-(?:ignore|nocheck|expect-error)/g, rule: "a silenced compiler", instead: "types that are true", within: "text" },
  { pattern: /\bexport default\b/g, rule: "export default", instead: "a named export" },
  { pattern: /(?<![\w$.])enum\s+[A-Za-z]/g, rule: "enum", instead: "a union of string literals" },
  { pattern: /(?<![\w$.])namespace\s+[A-Za-z]/g, rule: "namespace", instead: "a module" },
  { pattern: /(?<![\w$.])require\s*\(/g, rule: "require()", instead: "import" },
  { pattern: unfinished, rule: "unfinished work", instead: "the finished thing, or an issue", within: "text" },
];

const sourceWords: readonly BannedWord[] = [
  { pattern: /\bnew Error\s*\(/g, rule: "a bare Error", instead: "new LakeError(code, what + why + what to do, facts)" },
  { pattern: /\bdebugger\b/g, rule: "debugger", instead: "nothing" },
  {
    pattern: /\b(?:vector|\w*(?<!eletion)Vector)(?:\([^()]*\))?\.(?:get|toArray|toJSON)\(/g,
    rule: "an Arrow getter",
    instead: "cellReader of schema/cells: Arrow's own getters lose digits",
  },
];

function banned(file: SourceFile, words: readonly BannedWord[]): Violation[] {
  return words.flatMap(({ pattern, rule, instead, within = "code" }) => findAll(file, file[within], pattern, rule, instead));
}

export function hostViolations(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => path !== "src/base/host.ts" && !path.startsWith("src/cli/"))
    .flatMap((file) => banned(file, hostWords));
}

export function languageViolations(files: readonly SourceFile[]): Violation[] {
  // Tools read their configuration as a default export.
  return files.flatMap((file) =>
    banned(file, languageWords).filter(({ rule }) => rule !== "export default" || !file.path.endsWith(".config.ts")),
  );
}

export function sourceViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) =>
    banned(file, sourceWords).filter(({ rule }) => rule !== "an Arrow getter" || !file.path.startsWith("src/schema/")),
  );
}

const pureFolders = ["src/delta/protocol/", "src/table/", "src/expression/", "src/columnar/"];

/** Protocol, vocabulary, expressions and kernels are functions of what they are given. */
export function asyncViolations(files: readonly SourceFile[]): Violation[] {
  const waits = /(?<![\w$.])(?:async|await)(?![\w$:?])/g;
  return files
    .filter(({ path }) => pureFolders.some((folder) => path.startsWith(folder)))
    .flatMap((file) => findAll(file, file.code, waits, "waits in a pure folder", "a function of values; the caller does the I/O"));
}

const formatFreeFolders = ["base", "storage", "schema", "columnar", "expression", "parquet", "table", "engine"].map(
  (folder) => `src/${folder}/`,
);

/**
 * Error codes are one vocabulary, Parquet has encodings of that name, and field ids reach it under the log's own keys.
 * A lower-case `delta` that stands alone is the difference of two numbers.
 */
const formatWordsAllowed =
  /"delta\/[a-z-]+"|delta_?(?:binary_?packed|length_?byte_?array|byte_?array)|"delta\.columnMapping\.(?:id|nested\.ids)"/gi;

/** Formats are known only to their own folders and to what is above them. */
export function formatWordViolations(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => formatFreeFolders.some((folder) => path.startsWith(folder)))
    .flatMap((file) => {
      const text = file.uncommented.replaceAll(formatWordsAllowed, (word) => " ".repeat(word.length));
      return [...text.matchAll(/[\w$-]*(?:delta|iceberg)[\w$-]*/gi)]
        .filter((match) => match[0] !== "delta" || file.code[match.index] === " ")
        .map((match) => ({
          path: file.path,
          line: lineAt(text, match.index),
          rule: `knows "${match[0]}"`,
          instead: "the words of table/; what one format means by them is said in its own folder",
        }));
    });
}
