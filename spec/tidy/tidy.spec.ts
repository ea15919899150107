import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { doorViolations } from "./doors.js";
import { layerViolations, unreachableFiles } from "./layers.js";
import { lockFileViolations, machineViolations } from "./publishable.js";
import { fileLengthViolations, functionLengthViolations, lineLengthViolations, medianLengthViolations, nameViolations } from "./shape.js";
import { readSources, readTracked, repository, showViolation, type Violation } from "./source-file.js";
import { asyncViolations, formatWordViolations, hostViolations, languageViolations, sourceViolations } from "./words.js";

const source = readSources(["src"]);
const otherFolders = ["spec", "conformance", "bench", "examples"].filter((folder) => existsSync(`${repository}/${folder}`));
const everything = [...source, ...readSources(otherFolders)];
const tracked = readTracked();

const rules: Record<string, () => Violation[]> = {
  "a folder imports only from folders below it": () => layerViolations(source),
  "every file is reached from what is published": () => unreachableFiles(source),
  "each package enters by its door": () => doorViolations(source),
  "time, chance, timers and the process come from the host": () => hostViolations(source),
  "the compiler is neither silenced nor misled, and nothing is left unfinished": () => languageViolations(everything),
  "errors are LakeErrors, and values come out of Arrow whole": () => sourceViolations(source),
  "pure folders do not wait": () => asyncViolations(source),
  "formats are known only to their own folders": () => formatWordViolations(source),
  "no file is too long": () => fileLengthViolations(everything),
  "most files are short": () => medianLengthViolations(source),
  "no function is too long": () => functionLengthViolations(source),
  "no line is too wide": () => lineLengthViolations(everything),
  "files have plain names": () => nameViolations(everything),
  "nothing names the machine it was made on": () => machineViolations(tracked),
  "the lock file names no registry": () => lockFileViolations(tracked),
};

describe("tidy", () => {
  test.each(Object.keys(rules))("%s", (name) => {
    const violations = rules[name]?.() ?? [];
    if (violations.length > 0) expect.fail(`${violations.length}:\n${violations.map(showViolation).join("\n")}`);
  });
});
