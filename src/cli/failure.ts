import { CommanderError } from "commander";
import { LakeError, type LakeErrorCode } from "../base/errors.js";
import { say, type Words } from "../base/wording.js";
import { toJson } from "./output/json.js";
import { printableLines } from "./output/printable.js";
import { isClosedPipe } from "./output/stdout.js";
import type { Shell } from "./shell.js";

/** What `lake` ends with. */
export const exitCodes = { done: 0, failed: 1, usage: 2, conflict: 3, refused: 4 } as const;

const codesByError: Partial<Readonly<Record<LakeErrorCode, number>>> = {
  "delta/conflict": exitCodes.conflict,
  "delta/unsupported-feature": exitCodes.refused,
  "storage/unsupported": exitCodes.refused,
  "parquet/unsupported": exitCodes.refused,
  "storage/unknown-scheme": exitCodes.usage,
  "expression/syntax": exitCodes.usage,
  "usage/invalid-option": exitCodes.usage,
  "usage/invalid-timestamp": exitCodes.usage,
};

export interface FailedCall {
  /** The command that failed, when it is known so far. */
  readonly command: string | undefined;
  readonly asJson: boolean;
}

/** Says what went wrong on stderr, with `--json` as one JSON document, and returns the exit code. */
export function reportFailure(error: unknown, shell: Shell, { command, asJson }: FailedCall): number {
  if (isClosedPipe(error)) return exitCodes.done;
  const code = exitCodeOf(error);
  // Commander has printed its own messages already; help and the version are among them.
  const isTold = error instanceof CommanderError && (!asJson || code === exitCodes.done);
  if (!isTold) {
    const failure = describe(error, wordsOf(command));
    shell.stderr.write(asJson ? `${toJson({ error: failure })}\n` : `lake: ${printableLines(lineOf(failure))}\n`);
  }
  if (!isTold && shell.env["LAKE_DEBUG"] !== undefined && error instanceof Error) shell.stderr.write(`${error.stack ?? ""}\n`);
  return code;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  return LakeError.is(error) ? (codesByError[error.code] ?? exitCodes.failed) : exitCodes.failed;
}

interface Failure {
  readonly code?: LakeErrorCode;
  readonly message: string;
  readonly context?: object;
}

function describe(error: unknown, words: Words): Failure {
  if (LakeError.is(error)) return { code: error.code, message: say(error.wording, words), context: error.context };
  if (error instanceof CommanderError) return { code: "usage/invalid-option", message: error.message.replace(/^error: /, "") };
  return { message: error instanceof Error ? error.message : String(error) };
}

function lineOf({ message, code }: Failure): string {
  return code === undefined ? message : `${message} [${code}]`;
}

const commandTerms: Words["terms"] = {
  "create-table": "lake create",
  "if-exists": "--if-exists open",
  "max-attempts": "--max-attempts",
  "memory-limit": "--memory-limit",
  "merge-schema": "--merge-schema",
  "long-value": "a whole number of 64 bits",
  "binary-value": "base64",
  "timestamp-value": "a text with a zone such as 2026-01-31T10:20:30.123456Z",
  "timestamp-ntz-value": "a text without a zone such as 2026-01-31T10:20:30.123456",
};

/** Messages name the flags of the command: what adds columns to a table is another one where its rows are replaced. */
function wordsOf(command: string | undefined): Words {
  const terms = command === "overwrite" ? { ...commandTerms, "merge-schema": "--overwrite-schema" } : commandTerms;
  // Rows of files have been named by their files before.
  return {
    terms,
    row: (index) => `Row ${index + 1} of the input`,
    textValue: (text) => `'${text.replaceAll("'", "''")}'`,
  };
}
