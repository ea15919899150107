import { CommanderError } from "commander";
import type { LakeError as LakeErrorType } from "../base/errors.js";
import { LakeError } from "../base/errors.js";

/** What `lake` ends with. */
export const exitCodes = { done: 0, failed: 1, usage: 2, conflict: 3, refused: 4 } as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (!LakeError.is(error)) return exitCodes.failed;
  if (error.code === "delta/conflict") return exitCodes.conflict;
  if (error.code === "delta/unsupported-feature") return exitCodes.refused;
  return error.code.startsWith("usage/") || error.code === "expression/syntax" ? exitCodes.usage : exitCodes.failed;
}

/** Says what went wrong on stderr, with `--json` as one JSON document, and returns the exit code. */
export function reportFailure(error: unknown, asJson: boolean): number {
  const code = exitCodeOf(error);
  // Commander has printed its own messages already.
  if (error instanceof CommanderError) return code;
  const text = asJson ? JSON.stringify({ error: describe(error) }, exact) : `lake: ${messageOf(error)}`;
  process.stderr.write(`${text}\n`);
  if (process.env["LAKE_DEBUG"] !== undefined && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  return code;
}

function messageOf(error: unknown): string {
  if (LakeError.is(error)) return `${error.message} [${error.code}]`;
  return error instanceof Error ? error.message : String(error);
}

function describe(error: unknown): Pick<LakeErrorType, "message"> & { readonly code?: string; readonly context?: unknown } {
  return LakeError.is(error) ? { code: error.code, message: error.message, context: error.context } : { message: messageOf(error) };
}

function exact(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
