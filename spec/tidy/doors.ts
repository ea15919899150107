import { builtinModules } from "node:module";
import { referencesOf, type SourceFile, type Violation } from "./source-file.js";

/** Where in src/ each package and builtin may be imported. What is not here has no door. */
const doors: Readonly<Record<string, readonly string[]>> = {
  "apache-arrow": ["schema/", "columnar/", "expression/", "parquet/", "table/", "delta/", "engine/", "api/", "index.ts", "cli/"],
  "parquet-wasm": ["parquet/"],
  "@aws-sdk/client-s3": ["storage/s3-store"],
  "@smithy/node-http-handler": ["storage/s3-store"],
  hpagent: ["storage/s3-store"],
  "p-limit": ["base/concurrency.ts"],
  commander: ["cli/"],
  "cli-progress": ["cli/"],
  "csv-parse": ["cli/"],
  "csv-stringify": ["cli/"],
  "lossless-json": ["cli/"],
  "string-width": ["cli/"],
  tinyglobby: ["cli/"],
  // The codec's own binary and script are files; tables are read through a store.
  "node:fs": ["storage/local-store", "base/spill", "parquet/codec/codec-files.ts", "cli/"],
  "node:worker_threads": ["parquet/"],
  "node:crypto": ["base/host.ts"],
  "node:os": ["base/host.ts", "cli/"],
  "node:async_hooks": ["base/task-queue.ts"],
  "node:events": ["base/concurrency.ts", "cli/"],
  "node:path": ["storage/local-store", "storage/resolver.ts", "base/spill", "cli/"],
  "node:url": ["storage/local-store", "storage/resolver.ts", "parquet/", "cli/"],
  "node:module": ["parquet/"],
  "node:zlib": ["parquet/"],
  "node:stream": ["cli/"],
  "node:readline": ["cli/"],
  "node:util": ["cli/"],
};

/** Each package from outside enters by one file or folder. */
export function doorViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) =>
    referencesOf(file).flatMap(({ specifier, target, line }) => {
      const problem = target === undefined ? doorProblem(file.path.replace(/^src\//, ""), specifier) : undefined;
      return problem === undefined ? [] : [{ path: file.path, line, ...problem }];
    }),
  );
}

function doorProblem(path: string, specifier: string): Pick<Violation, "rule" | "instead"> | undefined {
  if (builtinModules.includes(specifier)) return { rule: `imports "${specifier}"`, instead: `"node:${specifier}"` };
  const name = packageOf(specifier);
  const allowed = doors[name];
  if (allowed === undefined)
    return { rule: `imports ${name}, which has no door`, instead: "what is there; or one place for it in spec/tidy/doors.ts" };
  if (allowed.some((door) => path.startsWith(door))) return undefined;
  return { rule: `imports ${name}`, instead: `what ${allowed.map((door) => `src/${door}`).join(", ")} make of it` };
}

/** "@scope/name" of "@scope/name/sub", "node:fs" of "node:fs/promises". */
function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}
