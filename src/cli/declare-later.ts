import type { Command } from "commander";
import { LakeError } from "../base/errors.js";

/** Commands of the finished `lake` that this release does not have: named and refused, so that nobody looks for a slip of the pen. */
const laterCommands: Readonly<Record<string, string>> = {
  optimize: "compaction and clustering",
  vacuum: "the removal of files that no version needs",
  restore: "going back to an earlier version",
  clone: "cloning",
  convert: "the conversion of Parquet folders",
  alter: "changes of a table's columns, constraints and properties",
  repair: "the repair of a table's log",
};

export function declareLaterCommands(program: Command): void {
  for (const [name, feature] of Object.entries(laterCommands)) {
    program
      .command(name, { hidden: true })
      .description(`${feature}: not in this release`)
      .argument("[anything...]")
      .allowUnknownOption()
      .helpOption(false)
      .action(() => {
        throw new LakeError(
          "delta/unsupported-feature",
          `lake ${name} is not there yet: this release of laketable does not have ${feature}. Nothing was changed; ` +
            "lake --help lists what there is.",
          { command: name, feature },
        );
      });
  }
  program.addHelpText("after", `\nNot in this release: ${Object.keys(laterCommands).join(", ")}.`);
}
