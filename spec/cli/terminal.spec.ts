import { writeFile } from "node:fs/promises";
import displayWidth from "string-width";
import { beforeAll, describe, expect, test } from "vitest";
import { lake, lakeRun, ndjson, newFolder, type LakeRun } from "./run-lake.js";

await newFolder();
const people = [
  { id: 1, name: "Ann", score: "10.50", motto: "short" },
  { id: 2, name: "日本語のとても長い名前です🎉👩‍👩‍👧‍👦", score: null, motto: "a long one that has to be cut somewhere ".repeat(3) },
  { id: 3, name: "a\u001b[31m\nb", score: "-1.00", motto: "\u202egnirts" },
];

beforeAll(async () => {
  await lake(["create", "people", "--schema", "id long not null, name string, score decimal(12,2), motto string", "--quiet"]);
  await lake(["append", "people", "-", "--format", "ndjson", "--quiet"], { stdin: ndjson(people) });
  await writeFile("seven.csv", "id\n7\n");
});

const all = ["stdin", "stdout", "stderr"] as const;

function onTerminal(args: readonly string[], { columns = 80, typed = "", env = {} } = {}): Promise<LakeRun> {
  return lakeRun(args, { stdin: typed, env: { TERM: "xterm", ...env }, terminal: { streams: all, columns } });
}

describe("a table", () => {
  test.each([200, 80, 40])("fits %i columns, whatever is in it", async (columns) => {
    const { stdout } = await onTerminal(["show", "people"], { columns, env: { NO_COLOR: "1" } });
    const lines = stdout.split("\n").filter((line) => /^[┌│├└]/.test(line));
    const widths = lines.map((line) => displayWidth(line));
    expect(lines).toHaveLength(3 + 1 + people.length);
    expect(new Set(widths).size).toBe(1);
    expect(widths[0]).toBeLessThanOrEqual(columns);
    expect(stdout.includes("columns fit")).toBe(columns === 40);
  });

  test("of the history leaves out the engine before it cuts what was done", async () => {
    expect((await onTerminal(["history", "people"], { columns: 80 })).stdout).not.toContain("engine");
    expect((await onTerminal(["history", "people"], { columns: 200 })).stdout).toMatch(/engine[^]*laketable\/\d/);
  });

  test("is bold and dim in places, not with NO_COLOR, on a dumb terminal, or off one", async () => {
    const shown = async (env: Readonly<Record<string, string>>): Promise<string> =>
      (await onTerminal(["show", "people"], { env })).stdout;
    expect(await shown({})).toMatch(/\u001b\[1m[^]*\u001b\[2mnull\u001b\[22m/);
    expect(await shown({ NO_COLOR: "" })).toContain("\u001b[1m");
    for (const text of [await shown({ NO_COLOR: "1" }), await shown({ TERM: "dumb" }), await lake(["show", "people"])]) {
      expect(text).not.toContain("\u001b");
    }
  });

  test("off a terminal is as wide as its cells, unless COLUMNS says otherwise", async () => {
    expect(await lake(["show", "people"])).toContain(people[1]?.motto.trimEnd());
    const { stdout } = await lakeRun(["show", "people"], { env: { COLUMNS: "60" } });
    expect(Math.max(...stdout.split("\n").map((line) => displayWidth(line)))).toBeLessThanOrEqual(60);
  });

  test("shows data that a terminal would obey as text", async () => {
    const { stdout } = await onTerminal(["show", "people"], { columns: 200, env: { NO_COLOR: "1" } });
    expect(stdout).toContain("a\\u001b[31m\\nb");
    expect(stdout).toContain("\\u202egnirts");
    const { stderr } = await onTerminal(["show", "people", "--columns", "a\u001b[31m"]);
    expect(stderr).toContain("a\\u001b[31m");
  });
});

describe("progress", () => {
  const update = ["update", "people", "--set", "score = 1"];

  test("is on stderr when that is a terminal, and nothing of it on stdout", async () => {
    const { stdout, stderr } = await lakeRun(update, { terminal: { streams: ["stderr"] } });
    expect(stderr).toMatch(/\d of \d files/);
    expect(stdout).toMatch(/^update: version \d+ · [^\u001b]*\n$/);
  });

  test("is not there with --quiet, nor off a terminal", async () => {
    expect(await lakeRun([...update, "--quiet"], { terminal: { streams: ["stderr"] } })).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "",
    });
    expect(await lakeRun(update, { terminal: { streams: ["stdout"] } })).toMatchObject({ code: 0, stderr: "" });
  });

  test("leaves the document of --json alone", async () => {
    const { stdout } = await onTerminal([...update, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ metrics: { rowsUpdated: 3 } });
  });
});

describe("an overwrite of every row", () => {
  const overwrite = ["overwrite", "people", "seven.csv"];
  const versions = async (): Promise<number> => (JSON.parse(await lake(["history", "people", "--json"])) as unknown[]).length;

  test.each(["n\n", "\n", "", "yesterday\n"])("does nothing when the answer is %j", async (typed) => {
    const before = await versions();
    const refused = await onTerminal(overwrite, { typed });
    expect(refused).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/This replaces every row of .*Go on\? \[y\/N\] [^]*Nothing was changed\./),
    });
    expect(await versions()).toBe(before);
  });

  test.each([
    ["a yes", overwrite, "y\n"],
    ["--yes, without asking", [...overwrite, "--yes"], ""],
    ["--where, which needs no yes", [...overwrite, "--where", "id = 7"], ""],
  ])("goes on with %s", async (_what, args, typed) => {
    const before = await versions();
    const done = await onTerminal(args, { typed });
    expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^overwrite: version/) });
    expect(done.stderr.includes("Go on?")).toBe(typed !== "");
    expect(await versions()).toBe(before + 1);
  });

  test("cannot be asked about when the rows come from stdin", async () => {
    const fromStdin = await lakeRun(["overwrite", "people", "-", "--format", "csv"], {
      stdin: "id\n1\n",
      terminal: { streams: ["stdout", "stderr"] },
    });
    expect(fromStdin).toMatchObject({ code: 2, stderr: expect.stringContaining("Add --yes") });
  });
});

test.each(["arrow", "parquet"])("%s is not sent to a terminal", async (format) => {
  const refused = { code: 2, stdout: "", stderr: expect.stringContaining("is not for a terminal") };
  expect(await onTerminal(["show", "people", "--format", format])).toMatchObject(refused);
});
