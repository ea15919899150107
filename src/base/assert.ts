import { LakeError } from "./errors.js";

/** States an invariant of our own. A failure is a bug in this package, never bad input. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) {
    throw new LakeError("internal/assertion", `This is a bug in laketable: ${invariant}. Please report it with the stack trace.`);
  }
}

/** The `default` of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new LakeError("internal/assertion", `This is a bug in laketable: unexpected ${JSON.stringify(value)}. Please report it with the stack trace.`);
}

/** `value` as a version, size or count: a safe integer ≥ 0. */
export function safeCount(value: unknown, what: string): number {
  const count = typeof value === "bigint" ? Number(value) : value;
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) {
    throw new LakeError("delta/corrupt-log", `${what} must be a whole number from 0 to 2^53-1, found ${String(value)}.`, { what, value: String(value) });
  }
  return count;
}
