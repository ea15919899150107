import type { EngineContext, VerbOptions, VerbResult } from "../engine/context.js";
import type { Table } from "../table/table-format.js";
import type { Engine } from "./load-engine.js";
import type { WriteOptions } from "./options.js";
import type { WriteResult } from "./results.js";

/** What a verb works with when its turn has come: the engine, and the table as the handle then has it. */
export interface VerbCall {
  readonly engine: Engine;
  readonly context: EngineContext;
  readonly table: Table;
  readonly verb: VerbOptions;
}

/** Runs a writing verb of a handle after those that came before it. `name` is for messages. */
export type RunVerb = (name: string, options: WriteOptions, run: (call: VerbCall) => Promise<VerbResult>) => Promise<WriteResult>;
