/** Columns of the terminal that shows stdout; no limit where output goes elsewhere and `COLUMNS` does not give one. */
export function outputWidth(): number {
  // A terminal that does not know its size says 0.
  const told = [process.stdout.columns, Number(process.env["COLUMNS"])];
  return told.find((columns) => Number.isSafeInteger(columns) && columns > 0) ?? Number.POSITIVE_INFINITY;
}

/** Whether stdout shows colours, and nobody has asked for none. */
export function isColoured(): boolean {
  const { NO_COLOR, TERM } = process.env;
  return process.stdout.isTTY && (NO_COLOR === undefined || NO_COLOR === "") && TERM !== "dumb";
}

export const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`;
export const dim = (text: string): string => `\u001b[2m${text}\u001b[22m`;
