import { createInterface } from "node:readline/promises";
import { LakeError } from "../../base/errors.js";
import type { Shell } from "../shell.js";

/**
 * Asks on a terminal before something is lost. Off a terminal there is nobody to ask, so `--yes` is needed.
 *
 * @throws usage/invalid-option  off a terminal without `--yes`;  usage/aborted  the answer was no
 */
export async function confirm(
  { stdin, stderr }: Shell,
  question: string,
  { yes, command }: { readonly yes: boolean; readonly command: string },
): Promise<void> {
  if (yes) return;
  if (stdin.isTTY !== true || stderr.isTTY !== true) {
    throw new LakeError(
      "usage/invalid-option",
      `${question} ${command} asks before it does that, and here is no terminal to ask on. Add --yes if it is meant. Nothing was changed.`,
      { command, option: "--yes" },
    );
  }
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    // The end of the input is an answer too.
    const ended = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
    const answer = await Promise.race([terminal.question(`${question} Go on? [y/N] `), ended]);
    if (!/^y(es)?$/i.test(answer.trim())) throw new LakeError("usage/aborted", "Nothing was changed.");
  } finally {
    terminal.close();
  }
}
