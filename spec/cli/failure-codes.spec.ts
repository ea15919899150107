import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { lake, newFolder, runLake } from "./run-lake.js";

const cwd = await newFolder();

beforeAll(async () => {
  await writeFile(join(cwd, "one.csv"), "id\n1\n");
  await lake(["create", "t", "--schema", "id long", "--quiet"], { cwd });
  await lake(["append", "t", "one.csv", "--quiet"], { cwd });
});

const failures: readonly (readonly [code: number, what: string, args: readonly string[], says: RegExp])[] = [
  [1, "what is no table", ["show", "nowhere"], /no table at .*\[delta\/not-a-table\]/],
  [1, "a table that is there already", ["create", "t", "--schema", "id long"], /\[delta\/[a-z-]+\]/],
  [2, "an unknown option", ["show", "t", "--colums", "id"], /unknown option '--colums'[^]*see lake show --help/],
  [2, "an unknown command", ["shwo", "t"], /unknown command 'shwo'[^]*see lake --help/],
  [2, "an argument that is missing", ["append", "t"], /missing required argument 'files'/],
  [2, "a limit that is no number", ["show", "t", "--limit", "some"], /expected a whole number from 0/],
  [2, "a predicate that is no SQL", ["show", "t", "--where", "id = = 1"], /\[expression\/syntax\]/],
  [2, "a format that its name does not say", ["append", "t", "-"], /Add --format/],
  [2, "an overwrite of every row without --yes off a terminal", ["overwrite", "t", "one.csv"], /Add --yes[^]*Nothing was changed/],
  [4, "a later command", ["optimize", "t", "--zorder", "id"], /not in|not there yet[^]*Nothing was changed/],
  [4, "clustering columns", ["create", "c", "--schema", "id long", "--cluster-by", "id"], /\[delta\/unsupported-feature\]/],
];

describe("exit codes", () => {
  test.concurrent.each(failures)("%i: %s", async (code, _what, args, says) => {
    const run = await runLake(args, { cwd });
    expect(run).toMatchObject({ code, stdout: "" });
    expect(run.stderr).toMatch(says);
  });

  test("a refusal changes nothing", async () => {
    expect(await readdir(cwd)).toEqual(["one.csv", "t"]);
    const log = (await readdir(join(cwd, "t/_delta_log"))).filter((name) => name.endsWith(".json"));
    expect(log).toEqual(["00000000000000000000.json", "00000000000000000001.json"]);
  });

  test("with --json a failure is one JSON document on stderr, and nothing on stdout", async () => {
    const run = await runLake(["history", "nowhere", "--json"], { cwd });
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(JSON.parse(run.stderr)).toMatchObject({ error: { code: "delta/not-a-table", message: expect.stringContaining("no table") } });
  });
});

describe("--version", () => {
  test("alone prints the version of the package", async () => {
    const manifest: unknown = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    expect(manifest).toHaveProperty("version", (await lake(["--version"], { cwd })).trimEnd());
  });

  test("after show is the version of the table", async () => {
    expect(await lake(["show", "t", "--version", "0", "--json"], { cwd })).toBe("");
    expect(await lake(["show", "t", "--version", "1", "--json"], { cwd })).toBe('{"id":1}\n');
  });
});
