import { LakeError } from "../../base/errors.js";

/** A reader that has seen enough (`| head`) closes the pipe: that ends the work quietly, it is no failure. */
export function endOnClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    // Any other failure has rejected its write.
  });
  // Nobody is left to be told.
  process.stderr.on("error", () => {});
}

/** Writes to stdout, and waits until the system has taken it. */
export function writeOut(chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(chunk, (error: NodeJS.ErrnoException | null | undefined) => {
      if (error === null || error === undefined) return resolve();
      if (error.code === "EPIPE") process.exit(0);
      reject(
        new LakeError(
          error.code === "ENOSPC" ? "storage/no-space" : "storage/io",
          `The output could not be written: ${error.message}.`,
          { errno: error.code },
          error,
        ),
      );
    });
  });
}

const pieceCharacters = 1 << 16;

export interface TextOutput {
  write(text: string): Promise<void> | undefined;
  end(): Promise<void>;
}

/** Text for stdout, gathered into larger pieces. */
export function createTextOutput(): TextOutput {
  let waiting = "";
  const flush = (): Promise<void> => {
    const piece = waiting;
    waiting = "";
    return piece === "" ? Promise.resolve() : writeOut(piece);
  };
  return {
    write(text) {
      waiting += text;
      return waiting.length < pieceCharacters ? undefined : flush();
    },
    end: flush,
  };
}
