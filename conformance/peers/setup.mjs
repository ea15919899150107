#!/usr/bin/env node
/**
 * Makes the peers' environment in .lake/peers: Python with the pinned engines, and Delta's jars for Spark.
 * Packages come from the registries that pip and Maven of this machine are set up for. A second run finds everything there.
 * What cannot be had is said, and a failure when CI=true; otherwise the suites of that engine are skipped.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const home = fileURLToPath(new URL("../../.lake/peers/", import.meta.url));
const python = join(home, "venv", "bin", "python");
const jars = join(home, "jars");
/** The command in words, its arguments, and what to do when it is not there. */
const needs = {
  python3: {
    arguments: ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"],
    why: "Python 3.10 or newer with venv",
  },
  java: { arguments: ["-version"], why: "a Java runtime of version 17 or newer, for Spark" },
  mvn: { arguments: ["-v"], why: "Maven, which fetches Delta's jars for Spark" },
};

function run(command, list, options = {}) {
  const { status, error, stderr, stdout } = spawnSync(command, list, { encoding: "utf8", maxBuffer: 2 ** 26, ...options });
  if (status === 0) return undefined;
  return error?.message ?? `${stdout}\n${stderr}`.trim().split("\n").slice(-6).join("\n");
}

function missing(names) {
  return names
    .filter((name) => run(name, needs[name].arguments) !== undefined)
    .map((name) => `${name} is missing: install ${needs[name].why}`);
}

/** Runs a part unless its fingerprint says that it is there; gives what went wrong. */
function part(name, inputs, required, make) {
  const file = join(home, `${name}.fingerprint`);
  const fingerprint = createHash("sha256")
    .update([home, ...inputs.map((input) => readFileSync(join(here, input), "utf8"))].join("\0"))
    .digest("hex");
  if (existsSync(file) && readFileSync(file, "utf8") === fingerprint) return [];
  const absent = missing(required);
  if (absent.length > 0) return absent;
  const started = Date.now();
  rmSync(file, { force: true });
  const problem = make();
  if (problem !== undefined) return [`the peers' ${name} could not be set up (is a package registry within reach?):\n${problem}`];
  writeFileSync(file, fingerprint);
  console.log(`peers: ${name} set up in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return [];
}

function makePython() {
  rmSync(join(home, "venv"), { recursive: true, force: true });
  return (
    run("python3", ["-m", "venv", join(home, "venv")]) ??
    run(python, ["-m", "pip", "install", "--disable-pip-version-check", "-q", "-r", join(here, "requirements.txt")])
  );
}

/** Spark brings the libraries that Delta needs; only Delta's own jars are put beside it. */
function makeJars() {
  rmSync(jars, { recursive: true, force: true });
  const copy = [
    "dependency:copy-dependencies",
    "-DincludeScope=runtime",
    "-DincludeGroupIds=io.delta,io.unitycatalog",
    `-DoutputDirectory=${jars}`,
  ];
  const pom = ["-q", "-B", "-f", join(here, "pom.xml")];
  // What Maven's own store holds needs no network.
  if (run("mvn", ["-o", ...pom, ...copy]) !== undefined) {
    rmSync(jars, { recursive: true, force: true });
    const problem = run("mvn", [...pom, ...copy]);
    if (problem !== undefined) return problem;
  }
  return readdirSync(jars).some((name) => name.startsWith("delta-spark")) ? undefined : "Maven copied no delta-spark jar";
}

mkdirSync(home, { recursive: true });
const noPython = part("python", ["requirements.txt"], ["python3"], makePython);
const noJars = part("jars", ["pom.xml"], ["mvn"], makeJars);
const noJava = missing(["java"]);
const environment = {
  python,
  jars,
  missing: { "delta-rs": noPython, duckdb: noPython, spark: [...noPython, ...noJars, ...noJava] },
};
writeFileSync(join(home, "environment.json"), JSON.stringify(environment, undefined, 2));
const problems = [...noPython, ...noJars, ...noJava];
for (const problem of problems) console.error(`peers: ${problem}`);
if (problems.length > 0 && process.env.CI === "true") process.exit(1);
