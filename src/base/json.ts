import stringify from "fast-json-stable-stringify";
import { assert } from "./assert.js";
import { LakeError, type LakeErrorCode } from "./errors.js";

/**
 * The JSON value in `text`; `what` names it in the error ("commit 00000000000000000003.json").
 *
 * Numbers become doubles, so text that may hold 64-bit integers has to be read by other means.
 *
 * @throws LakeError with `code` when the text is not JSON
 */
export function parseJson(text: string, what: string, code: LakeErrorCode = "delta/corrupt-log"): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LakeError(
      code,
      `${what} is not valid JSON (${reason}). It was cut off, damaged or is something else; restore it or remove what wrote it.`,
      { what, characters: text.length },
      error,
    );
  }
}

/**
 * `value` as JSON with the members of every object in order of their names: equal values give equal text.
 * Throws on a bigint, as JSON has no integers of 64 bits.
 */
export function stableStringify(value: unknown): string {
  const text: unknown = stringify(value);
  assert(typeof text === "string", "only a value that JSON has a form for is written as JSON");
  return text;
}

/** Whether `value` is a JSON object: neither null nor an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
