import { CommanderError } from "commander";
import { LakeError, type LakeErrorCode } from "../base/errors.js";
import { printableLines } from "./output/printable.js";
import { toJson } from "./output/json.js";

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

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  return LakeError.is(error) ? (codesByError[error.code] ?? exitCodes.failed) : exitCodes.failed;
}

/** Says what went wrong on stderr, with `--json` as one JSON document, and returns the exit code. */
export function reportFailure(error: unknown, asJson: boolean): number {
  // Commander has printed its own messages already.
  if (!(error instanceof CommanderError)) {
    process.stderr.write(asJson ? `${toJson({ error: describe(error) })}\n` : `lake: ${printableLines(messageOf(error))}\n`);
    if (process.env["LAKE_DEBUG"] !== undefined && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  }
  return exitCodeOf(error);
}

function messageOf(error: unknown): string {
  if (LakeError.is(error)) return `${error.message} [${error.code}]`;
  return error instanceof Error ? error.message : String(error);
}

function describe(error: unknown): object {
  return LakeError.is(error) ? { code: error.code, message: error.message, context: error.context } : { message: messageOf(error) };
}
