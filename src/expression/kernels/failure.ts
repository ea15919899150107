import { LakeError } from "../../base/errors.js";

/** A value that has no result under Spark's ANSI rules: what happened, in which expression, what to write instead. */
export function evaluationError(problem: string, expression: string, advice: string): LakeError {
  return new LakeError("expression/evaluation", `${problem} in ${expression}. ${advice}`, { expression, problem });
}
