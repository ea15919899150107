import { trimWhitespace } from "../kernels/datetime-text.js";

/** A double as Java spells it, which is how Spark casts it to a string: `1.0`, `1.0E10`, `1.5E-5`, `NaN`, `Infinity`. */
export function formatDouble(value: number): string {
  const shortest = value.toExponential();
  // Java shows two digits at least, and the nearest two where one would do.
  const digits = shortest.includes(".") || Number(value.toPrecision(2)) !== value ? shortest : value.toExponential(1);
  return javaText(value, String(value), digits);
}

/** A float likewise, with the fewest digits that tell it from its neighbours. */
export function formatFloat(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatDouble(value);
  let shortest = value;
  for (let digits = 2; digits <= 9; digits++) {
    shortest = Number(value.toPrecision(digits));
    if (Math.fround(shortest) === value) break;
  }
  return formatDouble(shortest);
}

function javaText(value: number, plain: string, exponential: string): string {
  if (!Number.isFinite(value)) return plain;
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return plain.includes(".") ? plain : `${plain}.0`;
  const [mantissa = "", exponent = ""] = exponential.split("e");
  return `${mantissa.includes(".") ? mantissa : `${mantissa}.0`}E${exponent.replace("+", "")}`;
}

const SPECIAL: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  "+inf": Infinity,
  "-inf": -Infinity,
  infinity: Infinity,
  "+infinity": Infinity,
  "-infinity": -Infinity,
};

/** The double of a text: what Java's parser takes, plus the names of the special values in any case. */
export function parseDoubleText(text: string): number | undefined {
  const trimmed = trimWhitespace(text);
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/.test(trimmed)) return Number(trimmed.replace(/[dDfF]$/, ""));
  return SPECIAL[trimmed.toLowerCase()];
}

/** The whole number of a text of digits with an optional sign. */
export function parseIntegerText(text: string): bigint | undefined {
  const trimmed = trimWhitespace(text);
  return /^[+-]?\d+$/.test(trimmed) ? BigInt(trimmed.startsWith("+") ? trimmed.slice(1) : trimmed) : undefined;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  t: true,
  true: true,
  y: true,
  yes: true,
  "1": true,
  f: false,
  false: false,
  n: false,
  no: false,
  "0": false,
};

export function parseBooleanText(text: string): boolean | undefined {
  const key = trimWhitespace(text).toLowerCase();
  return Object.hasOwn(BOOLEANS, key) ? BOOLEANS[key] : undefined;
}
