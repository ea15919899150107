import { describe, expect, test } from "vitest";
import { doorViolations } from "./doors.js";
import { layerViolations, unreachableFiles } from "./layers.js";
import { lockFileViolations, machineViolations } from "./publishable.js";
import { fileLengthViolations, functionLengthViolations, lineLengthViolations, medianLengthViolations, nameViolations } from "./shape.js";
import { referencesOf, showViolation, sourceFile, type SourceFile, type Violation } from "./source-file.js";
import { asyncViolations, formatWordViolations, hostViolations, languageViolations, sourceViolations } from "./words.js";

/** Each rule is fed what it must flag and what it must let pass: a rule that flags nothing proves nothing. */

type Rule = (files: readonly SourceFile[]) => Violation[];

const found = (rule: Rule, path: string, text: string): string[] => rule([sourceFile(path, text)]).map((violation) => violation.rule);
const lines = (count: number, text = "x;"): string => `${text}\n`.repeat(count);

describe("reading source", () => {
  test("comments, strings, templates and regular expressions are told from code", () => {
    // What is hidden is written in capitals.
    const text = [
      "const a = 'X'; // Y",
      'const b = "IT\\"S /* Z */"; /* W',
      " W */ const c = `T ${a + `U ${b}` /* V */} T`;",
      "const d = a / b / c; const e = /[/'\"]X/g.test(a);",
      "return /X/;",
    ].join("\n");
    const { code, uncommented } = sourceFile("src/a.ts", text);
    expect(code.length).toBe(text.length);
    expect(code.split("\n").length).toBe(5);
    expect(code).not.toMatch(/[A-Z]/);
    for (const part of ["const a", "${a + `", "${b}`", "const d = a / b / c", ".test(a)"]) expect(code).toContain(part);
    expect(uncommented).toContain('"IT\\"S /* Z */"');
    expect(uncommented).not.toMatch(/[YVW]/);
  });

  test("every form of a reference is found, and sentences that look like one are not", () => {
    const text = [
      'import { a } from "./a.js";',
      'import type { b } from "../b.js";',
      'export * from "./c.js";',
      'import "./d.js";',
      'const e = await import("./e.js");',
      'const f = new URL("./f.js", import.meta.url);',
      "import {\n  g,\n} from './g.js';",
      'const h = "from \'./no.js\'"; // import "./no.js"',
      'const i = new URL("./data.json", import.meta.url);',
    ].join("\n");
    const references = referencesOf(sourceFile("src/x/y.ts", text));
    expect(references.map(({ target, line }) => `${target}:${line}`)).toEqual([
      "src/x/a.ts:1",
      "src/b.ts:2",
      "src/x/c.ts:3",
      "src/x/d.ts:4",
      "src/x/e.ts:5",
      "src/x/f.ts:6",
      "src/x/g.ts:9",
    ]);
  });

  test("a violation is shown with place, rule and what to write instead", () => {
    const [violation] = hostViolations([sourceFile("src/engine/a.ts", "\nDate.now();")]);
    expect(violation && showViolation(violation)).toBe("src/engine/a.ts:2 Date.now → host.now()");
  });
});

describe("layers", () => {
  const files = ["base/a", "storage/a", "table/a", "delta/protocol/a", "delta/a", "engine/a", "api/a", "index", "cli/main"];
  const imports = (from: string, to: string, form = (path: string) => `import type { x } from "${path}";`): string[] => {
    const depth = from.split("/").length - 1;
    const specifier = `${depth === 0 ? "./" : "../".repeat(depth)}${to}.js`;
    const sources = files.map((file) => sourceFile(`src/${file}.ts`, file === from ? form(specifier) : ""));
    return layerViolations(sources).map((violation) => violation.rule);
  };

  test.each([
    ["base/a", "storage/a"],
    ["storage/a", "delta/protocol/a"],
    ["delta/protocol/a", "delta/a"],
    ["table/a", "engine/a"],
    ["api/a", "index"],
    ["index", "cli/main"],
    ["delta/a", "engine/a"],
  ])("%s may not import %s", (from, to) => {
    expect(imports(from, to)).toEqual([expect.stringContaining(`imports src/${to}.ts of a higher layer`)]);
    expect(imports(from, to, (path) => `const x = await import("${path}");`)).toHaveLength(1);
  });

  test.each([
    ["storage/a", "base/a"],
    ["delta/a", "delta/protocol/a"],
    ["engine/a", "table/a"],
    ["api/a", "engine/a"],
    ["api/a", "delta/a"],
    ["cli/main", "index"],
  ])("%s may import %s", (from, to) => {
    expect(imports(from, to)).toEqual([]);
  });

  test.each(["delta/a", "delta/protocol/a"])("the engine may not import %s, though it lies lower", (to) => {
    expect(imports("engine/a", to)).toEqual([`engine/ imports src/${to}.ts`]);
  });

  test("an import without a suffix, of a missing file, or from outside src is flagged", () => {
    const text = 'import "./b";\nimport "./gone.js";\nimport "../../spec/x.js";';
    expect(found(layerViolations, "src/base/a.ts", text)).toEqual([
      'imports "./b"',
      "imports src/base/gone.ts, which is not there",
      "imports spec/x.ts",
    ]);
  });

  test("a file in no layer is flagged", () => {
    expect(found(layerViolations, "src/utils/a.ts", "")).toEqual(["lies in no layer"]);
  });

  test("a file that only its equals use is reached by nothing", () => {
    const sources = [
      sourceFile("src/index.ts", 'export { a } from "./base/a.js";'),
      sourceFile("src/base/a.ts", 'const worker = locate("./worker.js");'),
      sourceFile("src/base/worker.ts", ""),
      sourceFile("src/base/island.ts", 'import "./other.js";'),
      sourceFile("src/base/other.ts", 'import "./island.js";'),
      sourceFile("src/cli/main.ts", ""),
    ];
    expect(unreachableFiles(sources).map(({ path }) => path)).toEqual(["src/base/island.ts", "src/base/other.ts"]);
  });
});

describe("doors", () => {
  test.each([
    ["src/storage/object-key.ts", "node:fs/promises", "imports node:fs"],
    ["src/parquet/footer.ts", "node:fs", "imports node:fs"],
    ["src/engine/merge.ts", "p-limit", "imports p-limit"],
    ["src/storage/a.ts", "apache-arrow", "imports apache-arrow"],
    ["src/engine/a.ts", "parquet-wasm/esm/x.js", "imports parquet-wasm"],
    ["src/api/a.ts", "commander", "imports commander"],
    ["src/engine/a.ts", "left-pad", "imports left-pad, which has no door"],
    ["src/engine/a.ts", "@scope/name/sub", "imports @scope/name, which has no door"],
    ["src/cli/a.ts", "fs", 'imports "fs"'],
  ])("%s may not import %s", (path, specifier, rule) => {
    expect(found(doorViolations, path, `import x from "${specifier}";`)).toEqual([rule]);
    expect(found(doorViolations, path, `const x = await import("${specifier}");`)).toEqual([rule]);
  });

  test.each([
    ["src/storage/local-store-listing.ts", "node:fs/promises"],
    ["src/base/concurrency.ts", "p-limit"],
    ["src/parquet/codec-inline.ts", "parquet-wasm/esm/x.js"],
    ["src/delta/protocol/a.ts", "apache-arrow"],
    ["src/cli/main.ts", "commander"],
  ])("%s may import %s", (path, specifier) => {
    expect(found(doorViolations, path, `import x from "${specifier}";`)).toEqual([]);
  });
});

describe("words", () => {
  test.each([
    ["const t = Date.now();", "Date.now"],
    ["const t = new Date();", "new Date()"],
    ["const t = performance.now();", "performance.now"],
    ["const r = Math.random();", "Math.random"],
    ["import { randomUUID } from 'x';", "randomness"],
    ["setTimeout(f, 1);", "a timer"],
    ["globalThis.setInterval(f, 1);", "a timer"],
    ["setImmediate(f);", "a turn of the event loop"],
    ["process.nextTick(f);", "a turn of the event loop"],
    ["const h = process.env.HOME;", "process"],
    ["console.log(1);", "console"],
    ["const text = `${Date.now()}`;", "Date.now"],
  ])("%s is the host's", (text, rule) => {
    expect(found(hostViolations, "src/engine/a.ts", text)).toContain(rule);
    expect(found(hostViolations, "src/base/host.ts", text)).toEqual([]);
    expect(found(hostViolations, "src/cli/a.ts", text)).toEqual([]);
  });

  test.each(["// Date.now()", '"console.log"', "host.now(); new Date(ms);", "const processed = table.process;", "child.process.kill"])(
    "%s is not",
    (text) => {
      expect(found(hostViolations, "src/engine/a.ts", text)).toEqual([]);
    },
  );

  test.each([
    ["const x: any = 1;", "any"],
    ["f(x as any);", "any"],
    ["type T = Array<any>;", "any"],
    ["type T = Map<string, any>;", "any"],
    ["type T = any;", "any"],
    ["function f(...x: any[]): void {}", "any"],
    ["type F = () => string | any;", "any"],
    ["const x = list[0]!;", "a non-null !"],
    ["const x = a!.b;", "a non-null !"],
    ["f(g()!)", "a non-null !"],
    ["let x!: string;", "a non-null !"],
    [`// @ts-${"ignore"}`, "a silenced compiler"],
    [`// @ts-${"expect-error"} because`, "a silenced compiler"],
    ["export default 1;", "export default"],
    ["const enum E { A }", "enum"],
    ["namespace N {}", "namespace"],
    ["const x = require('x');", "require()"],
    [`// ${"TO"}${"DO"}: later`, "unfinished work"],
    [`// enough for ${"now"}`, "unfinished work"],
  ])("%s is no TypeScript of ours", (text, rule) => {
    expect(found(languageViolations, "spec/a.spec.ts", text)).toEqual([rule]);
  });

  test.each([
    "expect.any(Number)",
    "if (!a || a !== b) c();",
    "a = !b;",
    "// in any case!",
    '"any!"',
    "const many = 1;",
    "const any = f(); g(any, any);",
    "x != y",
    "{ enum: 1 }",
  ])("%s is", (text) => {
    expect(found(languageViolations, "src/a.ts", text)).toEqual([]);
  });

  test("errors without a code and Arrow's getters are flagged in src", () => {
    expect(found(sourceViolations, "src/engine/a.ts", "throw new Error('x');")).toEqual(["a bare Error"]);
    expect(found(sourceViolations, "src/engine/a.ts", "throw new LakeError('x');")).toEqual([]);
    expect(found(sourceViolations, "src/engine/a.ts", "const v = vector.get(1);")).toEqual(["an Arrow getter"]);
    expect(found(sourceViolations, "src/engine/a.ts", "makeVector(data).toArray();")).toEqual(["an Arrow getter"]);
    expect(found(sourceViolations, "src/schema/cells.ts", "const v = vector.get(1);")).toEqual([]);
    expect(found(sourceViolations, "src/delta/a.ts", "const v = deletionVector.get(1); map.get(2);")).toEqual([]);
  });

  test.each(["async function f() {}", "const x = await y;", "const f = async () => 1;"])("%s waits", (text) => {
    for (const folder of ["delta/protocol", "table", "expression", "columnar"]) {
      expect(found(asyncViolations, `src/${folder}/a.ts`, text)).toEqual(["waits in a pure folder"]);
    }
    expect(found(asyncViolations, "src/delta/a.ts", text)).toEqual([]);
  });

  test("a pure folder may speak of promises in types and comments", () => {
    expect(found(asyncViolations, "src/table/a.ts", "// async\ninterface T { f(): Promise<void>; }")).toEqual([]);
  });

  test.each([
    'const x = "delta.appendOnly";',
    "const deltaLog = 1;",
    "class IcebergTable {}",
    "f(`the Delta log`);",
    'f("_delta_log/");',
  ])("%s knows a format", (text) => {
    for (const folder of ["base", "storage", "schema", "columnar", "expression", "parquet", "table", "engine"]) {
      expect(found(formatWordViolations, `src/${folder}/a.ts`, text)).toHaveLength(1);
    }
    for (const folder of ["delta", "delta/protocol", "api", "cli"])
      expect(found(formatWordViolations, `src/${folder}/a.ts`, text)).toEqual([]);
  });

  test.each([
    "// Delta's rule, see PROTOCOL.md",
    'fail("delta/conflict");',
    "const encoding = DELTA_BINARY_PACKED;",
    'const key = "delta.columnMapping.id";',
    "const delta = next - last;",
  ])("%s does not", (text) => {
    expect(found(formatWordViolations, "src/parquet/a.ts", text)).toEqual([]);
  });
});

describe("shape", () => {
  test("a file of 501 lines is too long, one of 500 is not", () => {
    expect(found(fileLengthViolations, "src/a.ts", lines(501))).toEqual(["has 501 lines"]);
    expect(found(fileLengthViolations, "src/a.ts", lines(500))).toEqual([]);
  });

  test("when half of the files are above 150 lines, most are not short", () => {
    const sized = (...sizes: number[]): SourceFile[] => sizes.map((size, index) => sourceFile(`src/${index}.ts`, lines(size)));
    expect(medianLengthViolations(sized(10, 151, 400))).toHaveLength(1);
    expect(medianLengthViolations(sized(10, 150, 400))).toEqual([]);
  });

  test("a line of 141 characters is too wide, one of 140 is not", () => {
    expect(found(lineLengthViolations, "src/a.ts", `${"é".repeat(140)}\n${"x".repeat(141)}\n`)).toEqual(["is 141 characters wide"]);
  });

  const body = (count: number): string => lines(count, "    call({\n    });").split("\n").slice(0, count).join("\n");
  test.each([
    ["a function", "function f(a: number): void {", "}"],
    ["an exported generator", "export async function* f<T>(a: T): AsyncGenerator<T> {", "}"],
    ["a head of several lines", "export function f(\n  a: number,\n  b = g(),\n): { c: string } {", "}"],
    ["an arrow function", "const f = (a: number): void => {", "};"],
    ["a method of an object", "const o = {\n  async get(key, { a } = {}) {", "  },\n};"],
    ["a method of a class", "class C {\n  readonly #x = 1;\n  static of<T>(a: T): C {", "  }\n}"],
    ["a callback", "list.forEach((item) => {", "});"],
  ])("%s of more than 70 lines is too long", (_, head, end) => {
    const headLines = head.split("\n").length - (/^(const o|class)/.test(head) ? 1 + (head.includes("#x") ? 1 : 0) : 0);
    const long = `${head}\n${body(71 - headLines)}\n${end}\n`;
    const short = `${head}\n${body(69 - headLines)}\n${end}\n`;
    expect(found(functionLengthViolations, "src/a.ts", long)).toEqual(["is a function of 72 lines"]);
    expect(found(functionLengthViolations, "src/a.ts", short)).toEqual([]);
  });

  test.each([
    "if (a) {",
    "for (const a of f(b)) {",
    "const table = {",
    "class C {",
    "interface I {",
    "} else if (x) {",
    "switch (f(a)) {",
  ])("%s opens no function", (head) => {
    expect(found(functionLengthViolations, "src/a.ts", `${head}\n${lines(90, "  x;")}}\n`)).toEqual([]);
  });

  test.each([
    ["src/base/JsonFile.ts", "is not kebab-case"],
    ["src/base/json_file.ts", "is not kebab-case"],
    ["src/base/utils.ts", "has a vague name"],
    ["src/base/json-helpers.ts", "has a vague name"],
    ["src/delta/common.ts", "has a vague name"],
  ])("%s is no name", (path, rule) => {
    expect(found(nameViolations, path, "")).toEqual([rule]);
  });

  test.each(["src/base/utf8-order.ts", "spec/base/memory.spec.ts", "spec/api/row-type.test-d.ts", "src/parquet/codec.ts"])(
    "%s is",
    (path) => {
      expect(found(nameViolations, path, "")).toEqual([]);
    },
  );
});

describe("what is published", () => {
  const folder = ["", "work", "main"].join("/");
  test.each([
    [`see ${folder}/src`, "names a machine's folder"],
    [`"${["", "tmp", "brief"].join("/")}/x"`, "names a machine's folder"],
    [`https://${"registry"}.npmjs.org/x`, "names a registry's host"],
    [`http://${"npm"}.internal.example:4873/x`, "names a registry's host"],
  ])("%s names the machine", (text, rule) => {
    expect(found(machineViolations, "README.md", text)).toEqual([rule]);
  });

  test.each([
    `.${["", "work", "x"].join("/")}`,
    `s3://lake${["", "work", "x"].join("/")}`,
    "/workers",
    `https://www.${"npmjs"}.com/package/laketable`,
  ])("%s does not", (text) => {
    expect(found(machineViolations, "README.md", text)).toEqual([]);
  });

  test("a lock file with resolved addresses is flagged", () => {
    expect(found(lockFileViolations, "package-lock.json", '"resolved": "x"')).toEqual(['has "resolved"']);
    expect(found(lockFileViolations, "package.json", '"resolved": "x"')).toEqual([]);
  });
});
