import { posix } from "node:path";
import { referencesOf, type SourceFile, type Violation } from "./source-file.js";

/** The folders of src/, lowest first. A file belongs to the longest one that its path begins with. */
const layers = [
  "version.ts",
  "base/",
  "storage/",
  "schema/",
  "columnar/",
  "expression/",
  "parquet/",
  "table/",
  "delta/protocol/",
  "delta/",
  "engine/",
  "api/",
  "index.ts",
  "cli/",
];

function layerOf(path: string): string | undefined {
  const inSrc = path.replace(/^src\//, "");
  return layers.filter((layer) => inSrc.startsWith(layer)).sort((a, b) => b.length - a.length)[0];
}

/** A folder imports only from itself and from those below it; type imports count. */
export function layerViolations(files: readonly SourceFile[]): Violation[] {
  const known = new Set(files.map((file) => file.path));
  return files.flatMap((file) => {
    const own = layerOf(file.path);
    if (own === undefined) {
      return [
        { path: file.path, line: 1, rule: "lies in no layer", instead: `one of the folders ${layers.join(" ")}; or change the map` },
      ];
    }
    return referencesOf(file).flatMap(({ target, specifier, line }) => {
      const problem = target === undefined ? undefined : referenceProblem(own, target, specifier, known);
      return problem === undefined ? [] : [{ path: file.path, line, ...problem }];
    });
  });
}

type Problem = Pick<Violation, "rule" | "instead">;

function referenceProblem(own: string, target: string, specifier: string, known: ReadonlySet<string>): Problem | undefined {
  if (!specifier.endsWith(".js")) return { rule: `imports "${specifier}"`, instead: "the file's name with the suffix .js" };
  if (!target.startsWith("src/")) return { rule: `imports ${target}`, instead: "only what lies in src, which is all that is published" };
  if (!known.has(target)) return { rule: `imports ${target}, which is not there`, instead: "a file that exists" };
  const other = layerOf(target);
  if (other === undefined) return undefined;
  if (layers.indexOf(other) > layers.indexOf(own)) {
    return { rule: `${own} imports ${target} of a higher layer`, instead: "what both need in the lower one, or a parameter" };
  }
  if (own === "engine/" && other.startsWith("delta/")) {
    return { rule: `engine/ imports ${target}`, instead: "the words of table/: the engine knows no format" };
  }
  return undefined;
}

/** Scripts that are started rather than imported are named as text: "./worker.js". */
function scriptsNamedIn(file: SourceFile): string[] {
  const names = [...file.uncommented.matchAll(/(["'])(\.{1,2}\/[\w./-]+)\.js\1/g)];
  return names.map((match) => `${posix.join(posix.dirname(file.path), match[2] ?? "")}.ts`);
}

/** Files that nothing published can reach. */
export function unreachableFiles(files: readonly SourceFile[]): Violation[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const visit = (path: string): void => {
    const file = byPath.get(path);
    if (file === undefined || reached.has(path)) return;
    reached.add(path);
    for (const { target } of referencesOf(file)) if (target !== undefined) visit(target);
    scriptsNamedIn(file).forEach(visit);
  };
  visit("src/index.ts");
  visit("src/cli/main.ts");
  return files
    .filter((file) => !reached.has(file.path))
    .map(({ path }) => ({
      path,
      line: 1,
      rule: "is reached from neither index.ts nor cli/main.ts",
      instead: "its use, or nothing: delete it",
    }));
}
