import { once } from "node:events";

let closed = false;

/** A reader that has seen enough (`| head`) closes the pipe: that ends the work quietly, it is no failure. */
export function ignoreClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed = true;
    process.exit(0);
  });
}

/** Writes to stdout and waits while the reader is slower than the writer. */
export async function writeOut(chunk: string | Uint8Array): Promise<void> {
  if (closed || process.stdout.write(chunk)) return;
  await once(process.stdout, "drain");
}
