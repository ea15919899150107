import { spawn, type ChildProcessByStdio } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface LakeRun {
  readonly code: number | null;
  readonly bytes: Buffer;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LakeSetting {
  readonly cwd: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** The built command as a process of its own, off a terminal. */
export function startLake(args: readonly string[], { cwd, env }: LakeSetting): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(process.execPath, [main, ...args], { cwd, env: { ...process.env, ...env }, stdio: "pipe" });
}

/** What the command printed and ended with; a failure does not reject. */
export async function runLake(args: readonly string[], setting: LakeSetting): Promise<LakeRun> {
  const child = startLake(args, setting);
  child.stdin.on("error", () => {}).end(setting.stdin ?? "");
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => out.push(piece));
  child.stderr.on("data", (piece: Buffer) => err.push(piece));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const bytes = Buffer.concat(out);
  return { code, bytes, stdout: bytes.toString("utf8"), stderr: Buffer.concat(err).toString("utf8") };
}

/** The same for a command that has to end well; resolves to its stdout. */
export async function lake(args: readonly string[], setting: LakeSetting): Promise<string> {
  const { code, stdout, stderr } = await runLake(args, setting);
  if (code !== 0 || stderr !== "") throw new Error(`lake ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}

/** A folder that goes when the specs of the file are done. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lake-spec-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
