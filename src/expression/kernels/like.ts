import { jointValidity, bitOf, newBits, type Bits } from "./bitmap.js";
import { evaluationError } from "./failure.js";
import { compileLike, matchesLike, type LikePattern } from "./like-pattern.js";
import { scalar, type KernelCall, type Operand } from "./operand.js";
import { bytesOperand, textsOf } from "./readers.js";
import { booleanVector, bytesBuilder } from "./results.js";
import { types } from "../../schema/data-types.js";

/** `text LIKE pattern [ESCAPE character]`; ILIKE matches both in lower case. */
export function like(args: readonly Operand[], call: KernelCall, ignoreCase: boolean): Operand {
  const [text, pattern, escapeOperand] = args as [Operand, Operand, Operand?];
  const valid = jointValidity(args);
  if (valid === "none") return scalar(types.boolean, null);
  const escape = escapeOperand === undefined ? "\\" : textsOf(escapeOperand)(0);
  const [subject, patterns] = ignoreCase ? [lower(text, call.length), lower(pattern, call.length)] : [text, pattern];
  const { bytes, offsets, step } = bytesOperand(subject);
  const bits = newBits(call.length);
  const patternOf = patternReader(patterns, escape, valid, call);
  for (let row = 0, i = 0; row < call.length; row++, i += step) {
    const compiled = patternOf(row);
    if (compiled !== undefined && matchesLike(compiled, bytes, offsets[i] as number, offsets[i + 1] as number)) {
      bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
    }
  }
  return booleanVector(bits, call.length, valid);
}

function patternReader(
  patterns: Operand,
  escape: string,
  valid: Bits | undefined,
  call: KernelCall,
): (row: number) => LikePattern | undefined {
  const texts = textsOf(patterns);
  let [text, compiled]: [string | undefined, LikePattern | undefined] = [undefined, undefined];
  const compile = (row: number): LikePattern | undefined => {
    if (valid !== undefined && !bitOf(valid, row)) return undefined;
    const next = texts(row);
    if (next === text) return compiled;
    [text, compiled] = [next, compileLike(next, escape)];
    if (compiled === undefined) {
      const problem = `The pattern '${next}' has the escape character ${escape} before something else than %, _ or itself`;
      throw evaluationError(problem, call.describe(), `Double it (${escape}${escape}) to mean the character.`);
    }
    return compiled;
  };
  return compile;
}

function lower(operand: Operand, length: number): Operand {
  if (operand.kind === "scalar") return { ...operand, value: String(operand.value).toLowerCase() };
  const texts = textsOf(operand);
  const builder = bytesBuilder(length);
  for (let row = 0; row < length; row++) builder.append(texts(row).toLowerCase());
  return builder.finish(types.string, undefined);
}
