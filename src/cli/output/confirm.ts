import { createInterface } from "node:readline/promises";
import { LakeError } from "../../base/errors.js";

/**
 * Asks on a terminal before something is lost. Off a terminal there is nobody to ask, so `--yes` is needed.
 *
 * @throws usage/invalid-option  off a terminal without `--yes`;  usage/aborted  the answer was no
 */
export async function confirm(question: string, options: { readonly yes: boolean | undefined; readonly consequence: string }): Promise<void> {
  if (options.yes === true) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new LakeError("usage/invalid-option", `${options.consequence} asks before it acts, and this is no terminal. ${question} Add --yes if that is meant.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} Go on? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new LakeError("usage/aborted", "Nothing was changed.");
  } finally {
    terminal.close();
  }
}
