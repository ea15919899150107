import { LakeError } from "./errors.js";

/** States an invariant of our own. A failure is a bug in this package, never bad input. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw bug(invariant);
}

/** The `default` of an exhaustive switch. */
export function unreachable(value: never): never {
  throw bug(`unexpected ${describe(value)}`);
}

function bug(finding: string): LakeError {
  return new LakeError("internal/assertion", `This is a bug in laketable: ${finding}. Please report it with the stack trace.`);
}

/** JSON has no form for a bigint, NaN or a circle, and the report must not fail over that. */
function describe(value: unknown): string {
  if (typeof value === "number") return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

/** `value` as a version, size or count: a safe integer ≥ 0. */
export function safeCount(value: unknown, what: string): number {
  const count = typeof value === "bigint" ? Number(value) : value;
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) {
    throw new LakeError("delta/corrupt-log", `${what} must be a whole number from 0 to 2^53-1, found ${describe(value)}.`, {
      what,
      value: describe(value),
    });
  }
  return count;
}
