import type { VersionFlags } from "../flags.js";
import { toJson } from "../output/json.js";
import { writeOut } from "../output/stdout.js";
import { renderFacts } from "../output/table.js";
import { openAt } from "./open-table.js";

export async function detail(url: string, flags: VersionFlags): Promise<void> {
  const table = await openAt(url, flags);
  const facts = await table.detail();
  if (flags.json === true) return writeOut(`${toJson(facts)}\n`);
  await writeOut(`${renderFacts(Object.entries(facts).filter(([, value]) => value !== null))}\n`);
}
