import { LakeError } from "../../base/errors.js";
import type { Shell } from "../shell.js";

/**
 * A reader that has seen enough (`| head`) closes the pipe. Streams tell that twice: to the write, which ends the work (see
 * `writeOut`), and to whoever listens; without a listener the process would be ended as by a failure.
 */
export function ignoreClosedPipes({ stdout, stderr }: Shell): void {
  stdout.on("error", () => {});
  stderr.on("error", () => {});
}

/**
 * Writes to stdout, and waits until the system has taken it.
 *
 * @throws usage/aborted  the reader is gone: see `isClosedPipe`;  storage/no-space, storage/io
 */
export function writeOut({ stdout }: Shell, chunk: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(chunk, (error: NodeJS.ErrnoException | null | undefined) => {
      if (error === null || error === undefined) resolve();
      else reject(outputFailure(error));
    });
  });
}

/** Whether the work ended because nobody reads the output any more, which is no failure. */
export function isClosedPipe(error: unknown): boolean {
  return LakeError.is(error, "usage/aborted") && error.context["errno"] === "EPIPE";
}

function outputFailure(error: NodeJS.ErrnoException): LakeError {
  // What is written after the first failure finds the stream destroyed.
  if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") {
    return new LakeError("usage/aborted", "The reader of the output has closed it.", { errno: "EPIPE" }, error);
  }
  return new LakeError(
    error.code === "ENOSPC" ? "storage/no-space" : "storage/io",
    `The output could not be written: ${error.message}.`,
    { errno: error.code },
    error,
  );
}

const pieceCharacters = 1 << 16;

export interface TextOutput {
  write(text: string): Promise<void> | undefined;
  end(): Promise<void>;
}

/** Text for stdout, gathered into larger pieces. */
export function createTextOutput(shell: Shell): TextOutput {
  let waiting = "";
  const flush = (): Promise<void> => {
    const piece = waiting;
    waiting = "";
    return piece === "" ? Promise.resolve() : writeOut(shell, piece);
  };
  return {
    write(text) {
      waiting += text;
      return waiting.length < pieceCharacters ? undefined : flush();
    },
    end: flush,
  };
}
