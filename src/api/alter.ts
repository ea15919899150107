import { LakeError } from "../base/errors.js";
import { setProperties } from "../engine/set-properties.js";
import { laterAlterMethods, refuseLaterMethods } from "./later-methods.js";
import { checkOptions, type WriteOptions } from "./options.js";
import type { WriteResult } from "./results.js";
import type { RunVerb } from "./run-verb.js";

/** Changes of the table's definition: each is a commit of its own and touches no data. */
export class Alter {
  readonly #run: RunVerb;

  static {
    refuseLaterMethods(this.prototype, "alter.", laterAlterMethods);
  }

  /** @internal */
  constructor(run: RunVerb) {
    this.#run = run;
  }

  /**
   * Sets table properties.
   *
   * @throws delta/invalid-property      an unknown `delta.` property, or a value that its property does not take
   * @throws delta/unsupported-feature   a property that switches on a feature which is not there yet
   */
  async setProperties(properties: Readonly<Record<string, string>>, options: WriteOptions = {}): Promise<WriteResult> {
    checkOptions("setProperties", options, ["userMetadata", "signal", "onProgress"]);
    const entries = Object.entries(properties ?? {});
    if (entries.length === 0) {
      throw new LakeError(
        "usage/invalid-option",
        'setProperties needs at least one property, for example { "delta.checkpointInterval": "20" }.',
      );
    }
    const wanted = Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
    return this.#run("alter.setProperties", options, ({ context, table, verb }) =>
      setProperties(context, table, { ...verb, properties: wanted }),
    );
  }
}
