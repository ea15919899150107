import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PeerError } from "./driver.js";
import { seed } from "./environment.js";
import { writeScripts, type Deed } from "./script.js";

export interface Soak<T> {
  /** Also the name of the folder that holds the scripts of a divergence. */
  readonly name: string;
  readonly arbitrary: fc.Arbitrary<T>;
  readonly runs: number;
  /** Throws when engines disagree; `folder` is fresh. */
  readonly check: (value: T, folder: string) => Promise<void>;
  /** What `check` did, for a person to do again. */
  readonly deeds: (value: T) => readonly Deed[];
  /** Values under way at once: peers answer two requests at a time. */
  readonly parallel?: number;
}

const shrinkMs = 90_000;

/** Checks random values; the first that fails is shrunk, written as scripts and thrown. */
export async function soak<T>({ name, arbitrary, runs, check, deeds, parallel = 3 }: Soak<T>): Promise<void> {
  const values = fc.sample(arbitrary, { seed, numRuns: runs });
  let next = 0;
  let failed: number | undefined;
  const work = async (): Promise<void> => {
    while (failed === undefined && next < values.length) {
      const index = next++;
      const problem = await attempt(values[index] as T, check);
      if (problem !== undefined) failed = Math.min(failed ?? index, index);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  if (failed === undefined) return;
  const { value, problem } = await shrunk(arbitrary, failed, values[failed] as T, check);
  const { command, text } = writeScripts(name, deeds(value));
  throw new Error(`${problem}\nseed ${seed}, value ${failed} of ${runs}; do it again with: ${command}\n${text}`);
}

async function attempt<T>(value: T, check: Soak<T>["check"]): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "laketable-peers-"));
  try {
    await check(value, folder);
    return undefined;
  } catch (error) {
    return error instanceof PeerError || !(error instanceof Error) ? String(error) : error.message;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The smallest value that still fails, as far as the time allows. */
async function shrunk<T>(arbitrary: fc.Arbitrary<T>, index: number, first: T, check: Soak<T>["check"]) {
  let smallest = { value: first, problem: "it failed once, and not when it was done again" };
  const property = fc.asyncProperty(arbitrary, async (value) => {
    const problem = await attempt(value, check);
    if (problem === undefined) return true;
    smallest = { value, problem };
    return false;
  });
  await fc.check(property, { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: shrinkMs });
  return smallest;
}
