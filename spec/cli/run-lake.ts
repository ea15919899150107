import { spawn, type ChildProcessByStdio } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { runLake } from "../../src/cli/run-lake.js";

export interface LakeRun {
  readonly code: number | null;
  readonly bytes: Buffer;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LakeSetting {
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly env?: Readonly<Record<string, string>>;
  /** Which streams are a terminal, of so many columns. Default: none. */
  readonly terminal?: { readonly streams: readonly ("stdin" | "stdout" | "stderr")[]; readonly columns?: number };
}

/** The command in this process, in the folder of `newFolder`: what it printed and ended with. */
export async function lakeRun(args: readonly string[], { stdin = "", env = {}, terminal }: LakeSetting = {}): Promise<LakeRun> {
  const out = collector();
  const err = collector();
  const isTerminal = (name: "stdin" | "stdout" | "stderr"): object =>
    terminal?.streams.includes(name) === true ? { isTTY: true, columns: terminal.columns ?? 80 } : {};
  const shell = {
    stdin: Object.assign(
      Readable.from(typeof stdin === "string" ? [Buffer.from(stdin)] : stdin instanceof Uint8Array ? [stdin] : stdin, {
        objectMode: false,
      }),
      isTerminal("stdin"),
    ),
    stdout: Object.assign(out.stream, isTerminal("stdout")),
    stderr: Object.assign(err.stream, isTerminal("stderr")),
    env,
  };
  const code = await runLake(args, shell);
  return { code, bytes: out.bytes(), stdout: out.bytes().toString("utf8"), stderr: err.bytes().toString("utf8") };
}

function collector(): { readonly stream: Writable; bytes(): Buffer } {
  const pieces: Uint8Array[] = [];
  const stream = new Writable({
    decodeStrings: true,
    write: (piece: Uint8Array, _encoding, done) => {
      pieces.push(Uint8Array.from(piece));
      done();
    },
  });
  return { stream, bytes: () => Buffer.concat(pieces) };
}

/** The command with a stdout that fails with `errno` at its first write. */
export async function lakeFailingToWrite(args: readonly string[], errno: string): Promise<Pick<LakeRun, "code" | "stderr">> {
  const err = collector();
  const stdout = new Writable({ write: (_piece, _encoding, done) => done(Object.assign(new Error(`${errno}: write`), { code: errno })) });
  stdout.on("error", () => {});
  const code = await runLake(args, { stdin: Readable.from([]), stdout, stderr: err.stream, env: {} });
  return { code, stderr: err.bytes().toString("utf8") };
}

/** As `lakeRun`, for a command that has to end well; resolves to its stdout. */
export async function lake(args: readonly string[], setting: LakeSetting = {}): Promise<string> {
  return endedWell(args, await lakeRun(args, setting));
}

/** The rows of a table as objects, in the order of their ids. */
export async function rowsById(table: string): Promise<readonly { readonly id: number }[]> {
  const text = await lake(["show", table, "--json", "--limit", "all"]);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { id: number })
    .sort((a, b) => a.id - b.id);
}

export function ndjson(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

export const lakeScript = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** The built command as a process of its own, off a terminal. */
export function startLake(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(process.execPath, [lakeScript, ...args], { stdio: "pipe", env: { ...process.env, ...env } });
}

/** As `lakeRun`, in a process of its own. */
export async function lakeProcess(
  args: readonly string[],
  { stdin = "", env = {} }: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<LakeRun> {
  const child = startLake(args, env);
  child.stdin.on("error", () => {}).end(stdin);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => out.push(piece));
  child.stderr.on("data", (piece: Buffer) => err.push(piece));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const bytes = Buffer.concat(out);
  return { code, bytes, stdout: bytes.toString("utf8"), stderr: Buffer.concat(err).toString("utf8") };
}

function endedWell(args: readonly string[], { code, stdout, stderr }: LakeRun): string {
  if (code !== 0 || stderr !== "") throw new Error(`lake ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}

/** A folder that this process works in until the specs of the file are done, when it goes. */
export async function newFolder(): Promise<string> {
  const before = process.cwd();
  const folder = await mkdtemp(join(tmpdir(), "lake-spec-"));
  process.chdir(folder);
  afterAll(async () => {
    process.chdir(before);
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}
