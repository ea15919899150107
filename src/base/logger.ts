/** Receives what is worth knowing but no failure. `facts` are JSON-able. */
export interface Logger {
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  debug?(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

export const silentLogger: Logger = { warn: () => {} };
