import { LakeError } from "../../base/errors.js";

/**
 * The error of a text that is not an expression: what was expected, and the line with a caret under the place.
 *
 * @param position offset in UTF-16 units
 */
export function syntaxError(sql: string, position: number, problem: string): LakeError {
  const start = sql.lastIndexOf("\n", position - 1) + 1;
  const newline = sql.indexOf("\n", position);
  const line = sql.slice(start, newline < 0 ? sql.length : newline).replaceAll("\t", " ");
  const column = position - start;
  // A long line is cut around the place, so that the caret stays in view.
  const from = column > 100 ? column - 60 : 0;
  const shown = (from > 0 ? "…" : "") + line.slice(from, from + 140);
  const indent = " ".repeat(column - from + (from > 0 ? 1 : 0));
  const message = `The expression cannot be parsed: ${problem}.\n  ${shown}\n  ${indent}^`;
  return new LakeError("expression/syntax", message, { sql, position });
}
