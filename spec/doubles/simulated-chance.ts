/** Random numbers that one seed decides. */
export interface Chance {
  /** A number in [0, 1). */
  random(): number;
  /** Version 4, lower case. */
  uuid(): string;
}

/** Mulberry32: small, fast, and the same on every machine. */
export function createChance(seed: number): Chance {
  let state = seed | 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const hex = (): string => word().toString(16).padStart(8, "0");
  return {
    random: () => word() / 2 ** 32,
    uuid: () => {
      const [a, b, c, d] = [hex(), hex(), hex(), hex()];
      return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
    },
  };
}
