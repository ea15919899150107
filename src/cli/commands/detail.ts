import type { VersionFlags } from "../flags.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import { renderFacts } from "../output/table.js";
import { lookOf } from "../output/terminal.js";
import type { Shell } from "../shell.js";
import { openAt } from "./open-table.js";

export async function detail(url: string, flags: VersionFlags, shell: Shell): Promise<void> {
  const table = await openAt(url, flags);
  const facts = await table.detail();
  if (flags.json === true) return writeOut(shell, `${toJson(facts)}\n`);
  const known = Object.entries(facts).filter(([, value]) => value !== null);
  await writeOut(shell, `${renderFacts(known, lookOf(shell).width)}\n`);
}
