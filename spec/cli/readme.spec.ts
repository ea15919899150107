import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { lake, lakeScript, newFolder } from "./run-lake.js";

const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
await newFolder();

test("the README's commands run as they stand, where lake is installed", async () => {
  await mkdir("bin");
  await writeFile("bin/lake", `#!/bin/sh\nexec "${process.execPath}" "${lakeScript}" "$@"\n`);
  await chmod("bin/lake", 0o755);
  const script = /```sh\n([^`]*?^lake create [^]*?)```/m.exec(readme)?.[1] ?? expect.fail("no commands in the README");
  const env = { ...process.env, PATH: `${resolve("bin")}${delimiter}${process.env["PATH"] ?? ""}` };
  const { stdout, stderr } = await promisify(execFile)("sh", ["-ec", script], { env });
  expect(stderr).toBe("");
  expect(
    stdout
      .match(/^│ +\d+ │ [^│]+/gm)
      ?.map((line) => line.replaceAll(/\s+/g, " ").trim())
      .slice(0, 2),
  ).toEqual(["│ 1 │ Anna", "│ 1 │ Ana"]);
  expect(await lake(["show", "data/members", "--json", "--where", "country = 'SE'"])).toBe('{"user_id":2,"name":"Bo","country":"SE"}\n');
});
