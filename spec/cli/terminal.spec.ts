import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { lake, newFolder } from "./run-lake.js";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const hasScript = spawnSync("script", ["--version"]).status === 0;
const cwd = await newFolder();

beforeAll(async () => {
  const stdin =
    '{"id":1,"name":"Ann","score":"10.50"}\n{"id":2,"name":"日本語のとても長い名前🎉","score":null}\n{"id":3,"name":"a\\u001b[31m\\nb"}\n';
  await lake(["create", "people", "--schema", "id long not null, name string, score decimal(12,2)", "--quiet"], { cwd });
  await lake(["append", "people", "-", "--format", "ndjson", "--quiet"], { cwd, stdin });
});

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

interface Terminal {
  readonly columns?: number;
  /** What is typed. */
  readonly input?: string;
  /** Redirections. */
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `lake` on a terminal, and gives what the terminal was sent. */
function onTerminal(
  args: readonly string[],
  { columns = 80, input = "", shell = "", env = {} }: Terminal = {},
): { readonly code: number | null; readonly output: string } {
  const command = `stty cols ${columns}; ${[process.execPath, main, ...args].map(quoted).join(" ")} ${shell}`;
  const { COLUMNS: _columns, NO_COLOR: _noColor, ...inherited } = process.env;
  const run = spawnSync("script", ["-qec", command, "/dev/null"], { cwd, input, env: { ...inherited, TERM: "xterm", ...env } });
  return { code: run.status, output: run.stdout.toString() };
}

const versions = async (): Promise<number> => (JSON.parse(await lake(["history", "people", "--json"], { cwd })) as unknown[]).length;

describe.skipIf(!hasScript)("on a terminal (needs script of util-linux)", () => {
  test("a table fits its columns, data does not reach the terminal as commands, and NO_COLOR leaves out what is bold", () => {
    for (const columns of [36, 60]) {
      const { output } = onTerminal(["show", "people"], { columns, env: { NO_COLOR: "1" } });
      const frame = output.split("\r\n").filter((line) => /^[┌├└]/.test(line));
      expect(frame).toHaveLength(3);
      for (const line of frame) expect(line.length).toBeLessThanOrEqual(columns);
      expect(output).toContain("a\\u001b[31m");
      expect(output).not.toContain("\u001b");
    }
    expect(onTerminal(["show", "people"]).output).toContain("\u001b[1m");
  });

  test("progress is shown on stderr, and neither with --quiet nor on stdout", () => {
    const update = ["update", "people", "--set", "score = 1"];
    expect(onTerminal(update, { shell: ">/dev/null" })).toMatchObject({
      code: 0,
      output: expect.stringMatching(/\d of \d files/) as string,
    });
    expect(onTerminal([...update, "--quiet"], { shell: ">/dev/null" })).toEqual({ code: 0, output: "" });
    expect(onTerminal([...update, "--json"], { shell: "2>/dev/null" }).output.trim()).toMatch(/^\{"table".*\}$/);
  });

  test("an overwrite of every row asks, and does nothing without a yes", async () => {
    const overwrite = ["overwrite", "people", "rows.csv"];
    spawnSync("sh", ["-c", "echo id > rows.csv; echo 7 >> rows.csv"], { cwd });
    const before = await versions();
    for (const input of ["n\n", "\n", "\u0004"]) {
      const refused = onTerminal(overwrite, { input });
      expect(refused.code).toBe(1);
      expect(refused.output).toContain("This replaces every row of");
      expect(refused.output).toContain("Nothing was changed.");
    }
    expect(await versions()).toBe(before);
    expect(onTerminal(overwrite, { input: "y\n" })).toMatchObject({
      code: 0,
      output: expect.stringContaining("overwrite: version") as string,
    });
    expect(await versions()).toBe(before + 1);
  });

  test("Arrow and Parquet are not sent to a terminal", () => {
    const refused = { code: 2, output: expect.stringContaining("is not for a terminal") as string };
    expect(onTerminal(["show", "people", "--format", "parquet"])).toMatchObject(refused);
  });
});

describe("off a terminal", () => {
  test("a long table is printed page by page, under one heading", async () => {
    const ids = Array.from({ length: 2600 }, (_, id) => `${id}\n`).join("");
    await lake(["create", "many", "--schema", "id long", "--quiet"], { cwd });
    await lake(["append", "many", "-", "--format", "csv", "--quiet"], { cwd, stdin: `id\n${ids}` });
    const text = await lake(["show", "many", "--limit", "2500"], { cwd });
    expect(text.match(/^[┌├└]/gm)).toEqual(["┌", "├", "└"]);
    expect(text.match(/^│/gm)).toHaveLength(1 + 2500);
    expect(text).toContain("\n2,500 rows of version 1, there are more (--limit all)\n");
  });

  test.skipIf(process.platform !== "linux")("an output that cannot be written is a failure (/dev/full is on Linux)", () => {
    const run = spawnSync("sh", ["-c", `${quoted(process.execPath)} ${quoted(main)} show people > /dev/full`], { cwd });
    expect([run.status, run.stderr.toString()]).toEqual([1, expect.stringContaining("[storage/no-space]")]);
  });
});
