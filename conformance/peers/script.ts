import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { MatchedClause, Program, Step } from "../model/program.js";
import { createCommand, readCommand, stepCommand, type Command } from "./commands.js";
import type { EngineName } from "./peers.js";

/** One thing that one engine does, in the order it happened. */
export type Deed =
  | { readonly by: EngineName; readonly do: "create"; readonly program: Program }
  | { readonly by: EngineName; readonly do: "step"; readonly schema: Program["schema"]; readonly step: Step }
  | { readonly by: EngineName; readonly do: "read"; readonly schema: Program["schema"]; readonly where?: string };

const failures = fileURLToPath(new URL("../../.lake/peers/failures/", import.meta.url));
const modules = { "delta-rs": "deltars", duckdb: "duck", spark: "spark" } as const;

/** The deeds as scripts: one file for each stretch that one engine did, and `run.sh`, which runs them on a fresh table. */
export function writeScripts(name: string, deeds: readonly Deed[]): { readonly command: string; readonly text: string } {
  const folder = `${failures}${name.replace(/[^\w]+/g, "-")}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = stretches(deeds).map((stretch, index) => {
    const [{ by }] = stretch;
    const ours = by === "laketable";
    const text = ours ? ourScript(stretch) : peerScript(modules[by], stretch);
    return { file: `${index + 1}-${by}.${ours ? "mjs" : "py"}`, text, runner: ours ? "node" : "../../venv/bin/python" };
  });
  for (const { file, text } of files) writeFileSync(`${folder}/${file}`, text);
  const run = [
    "#!/bin/sh",
    "set -e",
    'cd "$(dirname "$0")"',
    'export TABLE="$(mktemp -d)/table" LAKETABLE_PEER_JARS="$PWD/../../jars" LAKETABLE_PEER_SCRATCH="$(mktemp -d)"',
    ...files.map(({ file, runner }) => `${runner} ${file}`),
  ];
  writeFileSync(`${folder}/run.sh`, `${run.join("\n")}\n`);
  return { command: `sh ${folder}/run.sh`, text: files.map(({ file, text }) => `--- ${file}\n${text}`).join("\n") };
}

function stretches(deeds: readonly Deed[]): readonly (readonly [Deed, ...Deed[]])[] {
  const list: [Deed, ...Deed[]][] = [];
  for (const deed of deeds) {
    const last = list.at(-1);
    if (last !== undefined && last[0].by === deed.by) last.push(deed);
    else list.push([deed]);
  }
  return list;
}

function peerScript(module: string, deeds: readonly Deed[]): string {
  const lines = deeds.map((deed) => {
    const command = peerCommand(deed);
    const json = `json.loads(${JSON.stringify(JSON.stringify(command))})`;
    const call = `${module}.${String(command["do"])}({**${json}, "table": table})`;
    return command["do"] === "rows" ? `for row in ${call}["rows"]:\n    print(row)` : call;
  });
  return [
    "import json, os, sys",
    'sys.path.insert(0, "../../../../conformance/peers/drivers")',
    `import ${module}`,
    'table = os.environ["TABLE"]',
    ...lines,
    "",
  ].join("\n");
}

function peerCommand(deed: Deed): Command {
  if (deed.by === "laketable") throw new Error("Our own deeds are written in TypeScript.");
  switch (deed.do) {
    case "create":
      return createCommand(deed.by, "", deed.program);
    case "step":
      return deed.step.kind === "reopen" ? readCommand(deed.by, "", deed.schema, {}) : stepCommand(deed.by, "", deed.schema, deed.step);
    case "read":
      return readCommand(deed.by, "", deed.schema, deed.where === undefined ? {} : { where: deed.where });
  }
}

function ourScript(deeds: readonly Deed[]): string {
  const opened = deeds[0]?.do !== "create";
  return [
    'import { DeltaTable } from "laketable";',
    "const url = process.env.TABLE;",
    ...(opened ? ["const table = await DeltaTable.open(url);"] : []),
    ...deeds.map(ourLine),
    "",
  ].join("\n");
}

function ourLine(deed: Deed): string {
  switch (deed.do) {
    case "create": {
      const { schema, partitionBy, properties } = deed.program;
      return `const table = await DeltaTable.create(url, ${literal({ schema, partitionBy, properties })});`;
    }
    case "step":
      return stepLine(deed.step);
    case "read":
      return `for await (const row of table.rows(${deed.where === undefined ? "" : literal({ where: deed.where })})) console.log(row);`;
  }
}

function stepLine(step: Step): string {
  switch (step.kind) {
    case "append":
      return `await table.append(${literal(step.rows)});`;
    case "overwrite":
      return `await table.overwrite(${literal(step.rows)}${step.where === undefined ? "" : `, ${literal({ where: step.where.sql })}`});`;
    case "delete":
      return `await table.delete(${step.where === undefined ? "" : literal(step.where.sql)});`;
    case "update":
      return `await table.update(${literal({ set: step.update.set, ...(step.where === undefined ? {} : { where: step.where.sql }) })});`;
    case "merge":
      return [
        `await table.merge({ source: ${literal(step.rows)}, on: "target.k = source.k" })`,
        ...step.matched.map((clause) => `.whenMatched${clauseCall(clause)}`),
        ...step.notMatched.map(({ where }) => `.whenNotMatchedInsertAll(${where === undefined ? "" : literal({ where: where.sql })})`),
        ...step.bySource.map((clause) => `.whenNotMatchedBySource${clauseCall(clause)}`),
        ".execute();",
      ].join("\n  ");
    case "checkpoint":
      return "await table.checkpoint();";
    case "reopen":
      return "await table.refresh();";
  }
}

function clauseCall(clause: MatchedClause): string {
  const where = clause.where === undefined ? {} : { where: clause.where.sql };
  if (clause.action === "update") return `Update(${literal({ set: clause.update.set, ...where })})`;
  return `${clause.action === "delete" ? "Delete" : "UpdateAll"}(${clause.where === undefined ? "" : literal(where)})`;
}

/** A value as source text. */
function literal(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Uint8Array) return `new Uint8Array([${value.join(", ")}])`;
  if (value instanceof Map) return `new Map(${literal([...(value as ReadonlyMap<unknown, unknown>)])})`;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${literal(item)}`);
  return `{ ${entries.join(", ")} }`;
}
