import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { environment, type PeerName } from "./environment.js";

/** What an engine refuses, in its own words. */
export class PeerError extends Error {
  override readonly name = "PeerError";
}

export type Ask = (request: Readonly<Record<string, unknown>>) => Promise<unknown>;

const main = fileURLToPath(new URL("drivers/main.py", import.meta.url));
const timeoutMs = 180_000;

/** Starts a process that holds these engines until this one ends. */
export function startDriver(...engines: readonly PeerName[]): Ask {
  const { python, jars } = environment();
  const scratch = mkdtempSync(join(tmpdir(), "laketable-peers-"));
  const child = spawn(python, [main, ...engines], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...process.env,
      LAKETABLE_PEER_JARS: jars,
      LAKETABLE_PEER_SCRATCH: scratch,
      PYTHONUTF8: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      // Panics and warnings of engines are answered as errors.
      RUST_BACKTRACE: "0",
    },
  });
  const waiting = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }>();
  let said = "";
  let ended: string | undefined;
  const end = (why: string): void => {
    ended ??= `The process of ${engines.join(" and ")} ended (${why}): ${said}`;
    for (const { reject } of waiting.values()) reject(new Error(ended));
    waiting.clear();
  };
  child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  child.on("error", (error) => end(error.message));
  child.on("exit", (code, signal) => end(`code ${code}, signal ${signal}`));
  child.stdin.on("error", (error) => end(error.message));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, ok, error } = JSON.parse(line) as { readonly id: number; readonly ok?: unknown; readonly error?: string };
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(ok);
    else asked?.reject(new PeerError(error));
  });
  process.once("exit", () => {
    child.kill("SIGKILL");
    rmSync(scratch, { recursive: true, force: true });
  });
  let number = 0;
  return (request) =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(new Error(ended));
      const id = ++number;
      const alarm = setTimeout(() => {
        waiting.delete(id);
        reject(new Error(`${JSON.stringify(request).slice(0, 500)} has no answer after ${timeoutMs / 1000} s`));
      }, timeoutMs);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(alarm);
          then(value);
        };
      waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      child.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    });
}
