import type { Connection } from "./runtime.js";

export type Engine = typeof import("./engine.js");

/**
 * The engine, loaded when it is first needed: opening a table and reading its history need neither Arrow nor the codec, and a
 * command that does just that starts in half the time.
 */
export async function loadEngine({ codec }: Pick<Connection, "codec">): Promise<Engine> {
  const [engine] = await Promise.all([import("./engine.js"), codec.load()]);
  return engine;
}
