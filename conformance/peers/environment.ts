import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type PeerName = "spark" | "delta-rs" | "duckdb";

/** What `setup.mjs` made, and why an engine cannot be had. */
export interface Environment {
  readonly python: string;
  readonly jars: string;
  readonly missing: Readonly<Record<PeerName, readonly string[]>>;
}

const file = fileURLToPath(new URL("../../.lake/peers/environment.json", import.meta.url));

export function environment(): Environment {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Environment;
  const none = ["the peers' environment is not set up: npm run conformance:peers does it"];
  return { python: "", jars: "", missing: { spark: none, "delta-rs": none, duckdb: none } };
}

/**
 * Why suites that need these engines cannot run, or `undefined`. In CI nothing may be left out, so there they run and fail.
 */
export function missingPeers(...names: readonly PeerName[]): string | undefined {
  const reasons = [...new Set(names.flatMap((name) => environment().missing[name]))];
  return reasons.length === 0 || process.env["CI"] === "true" ? undefined : reasons.join("; ");
}

/** A count that the environment may raise for a soak. */
export function count(variable: string, fallback: number): number {
  const wish = Number(process.env[variable] ?? fallback);
  if (!Number.isSafeInteger(wish) || wish < 0) throw new Error(`${variable} is "${process.env[variable]}": give a whole number.`);
  return wish;
}

/** Seed of this run's random programs. */
export const seed = process.env["LAKETABLE_PEERS_SEED"] === "random" ? Date.now() % 2 ** 31 : count("LAKETABLE_PEERS_SEED", 20_240_229);
