import fs from "node:fs/promises";
import { readlinkSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One change of the disk, as Node's own functions were called: `sync a`, `link a b`, `rename a b`, `mkdir a`, `write a`. */
export interface SystemCall {
  readonly name: "mkdir" | "write" | "sync" | "link" | "rename" | "unlink";
  readonly paths: readonly string[];
}

export interface SystemCallRecorder {
  /** Those that succeeded, in the order they ended. */
  readonly calls: SystemCall[];
  /** Makes calls fail with an errno, from now on. */
  failWith: (call: SystemCall) => string | undefined;
  restore(): void;
}

/**
 * Stands between this process and `node:fs/promises`: a file system that can be watched and broken. For a spec file of its
 * own, as it changes Node's module. Paths of open files are asked of /proc, so it is for Linux.
 */
export async function recordSystemCalls(): Promise<SystemCallRecorder> {
  const recorder: SystemCallRecorder = { calls: [], failWith: () => undefined, restore: () => undo.forEach((step) => step()) };
  const undo: (() => void)[] = [];
  const guard = async <R>(call: SystemCall, run: () => Promise<R>): Promise<R> => {
    const code = recorder.failWith(call);
    if (code !== undefined) throw Object.assign(new Error(`${code}: injected, ${call.name}`), { code });
    const result = await run();
    recorder.calls.push(call);
    return result;
  };
  const patch = <K extends string, F extends (...args: never[]) => Promise<unknown>>(
    target: Record<K, F>,
    name: K,
    wrap: (original: F) => F,
  ): void => {
    const original = target[name];
    target[name] = wrap(original);
    undo.push(() => {
      target[name] = original;
      syncBuiltinESMExports();
    });
  };

  const functions = fs as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const name of ["mkdir", "link", "rename", "unlink"] as const) {
    patch(functions, name, (original) => (...args) => {
      const paths = args.filter((arg): arg is string => typeof arg === "string");
      return guard({ name, paths }, () => original(...args));
    });
  }
  const handle = await fs.open(join(tmpdir(), `laketable-probe-${process.pid}`), "w");
  const prototype = Object.getPrototypeOf(handle) as Record<string, (this: fs.FileHandle, ...args: unknown[]) => Promise<unknown>>;
  await handle.close();
  for (const name of ["sync", "write"] as const) {
    patch(
      prototype,
      name,
      (original) =>
        function (this: fs.FileHandle, ...args) {
          return guard({ name, paths: [readlinkSync(`/proc/self/fd/${this.fd}`)] }, () => original.apply(this, args));
        },
    );
  }
  await fs.rm(join(tmpdir(), `laketable-probe-${process.pid}`));
  syncBuiltinESMExports();
  return recorder;
}
