/** Columns of the terminal that shows stdout; no limit where output goes elsewhere and `COLUMNS` does not give one. */
export function outputWidth(): number {
  const told = Number(process.env["COLUMNS"]);
  return process.stdout.columns ?? (Number.isSafeInteger(told) && told > 0 ? told : Number.POSITIVE_INFINITY);
}

/** Whether stdout shows colours, and nobody has asked for none. */
export function isColoured(): boolean {
  const { NO_COLOR, TERM } = process.env;
  return process.stdout.isTTY && (NO_COLOR === undefined || NO_COLOR === "") && TERM !== "dumb";
}

export const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`;
export const dim = (text: string): string => `\u001b[2m${text}\u001b[22m`;
