import fc from "fast-check";

/** The seed of every run that names none: a change is judged on the same inputs before and after it. */
const FIXED_SEED = 20_240_229;

/**
 * Random tests repeat themselves, so that a red run is the fault of the change at hand.
 * `LAKETABLE_SEED=random` explores (fast-check prints the seed of a failure), `LAKETABLE_SEED=<integer>` repeats.
 */
function seedOf(wish: string | undefined): number | undefined {
  if (wish === undefined || wish === "") return FIXED_SEED;
  if (wish === "random") return undefined;
  const seed = Number(wish);
  if (!Number.isSafeInteger(seed)) throw new Error(`LAKETABLE_SEED is "${wish}": give an integer, or "random".`);
  return seed;
}

const seed = seedOf(process.env["LAKETABLE_SEED"]);
fc.configureGlobal({ ...fc.readConfigureGlobal(), ...(seed === undefined ? {} : { seed }) });
