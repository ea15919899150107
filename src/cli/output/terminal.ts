import type { Shell } from "../shell.js";

/** How stdout is to look. */
export interface Look {
  /** Columns of the terminal; no limit where output goes elsewhere and `COLUMNS` does not give one. */
  readonly width: number;
  readonly isColoured: boolean;
}

export function lookOf(shell: Shell): Look {
  return { width: outputWidth(shell), isColoured: isColoured(shell) };
}

function outputWidth({ stdout, env }: Shell): number {
  // A terminal that does not know its size says 0.
  const told = [stdout.columns ?? 0, Number(env["COLUMNS"])];
  return told.find((columns) => Number.isSafeInteger(columns) && columns > 0) ?? Number.POSITIVE_INFINITY;
}

/** Whether stdout shows colours, and nobody has asked for none. */
export function isColoured({ stdout, env }: Shell): boolean {
  const { NO_COLOR, TERM } = env;
  return stdout.isTTY === true && (NO_COLOR === undefined || NO_COLOR === "") && TERM !== "dumb";
}

export const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`;
export const dim = (text: string): string => `\u001b[2m${text}\u001b[22m`;
