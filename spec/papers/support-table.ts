import { features, type Support } from "../../src/delta/protocol/features.js";

/** The README's table of table features, from the one in code. */
export function supportTable(): string {
  const rows = features.map(({ name, read, write, note }) => `| \`${name}\` | ${word(read)} | ${word(write)} | ${note} |`);
  return ["| feature | read | write | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function word(support: Support): string {
  return support === "inactive" ? "*inactive*" : support;
}
