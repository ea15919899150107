import type { Readable } from "node:stream";
import { LakeError } from "../../base/errors.js";

/** The stream as text. UTF-8 and nothing else: a wrong encoding is refused, not guessed. A byte order mark is dropped. */
export async function* decodeText(path: string, stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw new LakeError(
        "schema/invalid-value",
        `${path} is not UTF-8 text. Convert it and try again; nothing was written.`,
        { path },
        error,
      );
    }
  };
  for await (const bytes of stream as AsyncIterable<Uint8Array>) yield decode(bytes);
  yield decode();
}

/** The lines of a text, without their ends: LF or CRLF. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let unfinished = "";
  for await (const piece of pieces) {
    const lines = piece.split("\n");
    lines[0] = unfinished + (lines[0] ?? "");
    unfinished = lines.pop() ?? "";
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  if (unfinished !== "") yield unfinished;
}
