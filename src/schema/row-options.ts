import { LakeError } from "../base/errors.js";

/** How rows spell what JavaScript has more than one form for. The form never depends on the value. */
export interface RowOptions {
  /** Default: `"bigint"`. `"number"` throws `schema/overflow` for values that a double would round. */
  readonly long?: "bigint" | "number" | "string";
  /** Default: `"string"`, with all digits of the scale. `"number"` is the nearest double. */
  readonly decimal?: "string" | "number";
  /** For timestamp_ntz too. Default: `"string"`, ISO 8601 with 6 digits. `"date"`: a `Date`, rounded down to ms; `"micros"`: a bigint. */
  readonly timestamp?: "string" | "date" | "micros";
  /** Default: `"map"`, a `Map`. `"object"` is a plain object; keys become texts, and those of binary or nested types are refused. */
  readonly map?: "map" | "object";
}

export type ResolvedRowOptions = Required<RowOptions>;

const choices = {
  long: ["bigint", "number", "string"],
  decimal: ["string", "number"],
  timestamp: ["string", "date", "micros"],
  map: ["map", "object"],
} as const;

/** The options with their defaults. @throws usage/invalid-option */
export function resolveRowOptions(options: RowOptions = {}): ResolvedRowOptions {
  for (const [name, allowed] of Object.entries(choices)) {
    const value: unknown = options[name as keyof RowOptions];
    if (value !== undefined && !(allowed as readonly unknown[]).includes(value)) {
      throw new LakeError("usage/invalid-option", `The row option "${name}" is ${String(value)}. Use one of ${allowed.join(", ")}.`, {
        option: name,
        allowed,
      });
    }
  }
  return {
    long: options.long ?? "bigint",
    decimal: options.decimal ?? "string",
    timestamp: options.timestamp ?? "string",
    map: options.map ?? "map",
  };
}

/** Forms that lose nothing, and that the row writer takes back. */
export const exactOptions: ResolvedRowOptions = Object.freeze({ long: "bigint", decimal: "string", timestamp: "micros", map: "map" });
