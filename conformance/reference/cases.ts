import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** One reference table: what it is, and what a correct reader makes of it (the fields used here). */
export interface ReferenceCase {
  readonly id: string;
  readonly folder: string;
  readonly table: string;
  readonly kind: "read" | "cdf" | "error";
  readonly expectError: boolean;
  readonly errorStage?: "log" | "data" | "cdf";
  /** `false`: a refusal is the safe answer, but the protocol does not demand it. */
  readonly strict?: boolean;
  readonly latestVersion: number | null;
  readonly numFiles?: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, { readonly rows?: number; readonly error?: string }>>;
  /** The range whose change feed is expected in `file`. */
  readonly cdf?: { readonly startingVersion: number; readonly endingVersion: number; readonly file: string };
  readonly notes: readonly string[];
}

export function loadCases(root: string): readonly ReferenceCase[] {
  const cases: ReferenceCase[] = [];
  for (const suite of readdirSync(root).sort()) {
    for (const name of readdirSync(join(root, suite)).sort()) {
      const folder = join(root, suite, name);
      const description = join(folder, "expected", "case.json");
      if (!existsSync(description)) continue;
      cases.push({ ...JSON.parse(readFileSync(description, "utf8")), id: `${suite}/${name}`, folder, table: join(folder, "delta") });
    }
  }
  return cases;
}

/** The Parquet file with the rows of a version. */
export function expectedFile(reference: ReferenceCase, version: number): string {
  return join(reference.folder, "expected", `v${version}.parquet`);
}
