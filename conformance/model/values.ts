import fc from "fast-check";

/** A column type of the model: how it is declared, and values in the spelling of `rows()`. */
export interface ModelType {
  readonly text: string;
  readonly value: fc.Arbitrary<unknown>;
}

const pad = (number: number, digits: number): string => String(number).padStart(digits, "0");

const date = fc
  .record({
    year: fc.oneof(fc.constantFrom(1, 1582, 1969, 1970, 2000, 9999), fc.integer({ min: 1, max: 9999 })),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  })
  .map(({ year, month, day }) => `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`);
const time = fc
  .record({
    h: fc.integer({ min: 0, max: 23 }),
    m: fc.integer({ min: 0, max: 59 }),
    s: fc.integer({ min: 0, max: 59 }),
    micros: fc.oneof(fc.constantFrom(0, 1, 999_999), fc.integer({ min: 0, max: 999_999 })),
  })
  .map(({ h, m, s, micros }) => `${pad(h, 2)}:${pad(m, 2)}:${pad(s, 2)}.${pad(micros, 6)}`);
const timestampNtz = fc.tuple(date, time).map(([day, clock]) => `${day}T${clock}`);
const text = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "null",
    "__HIVE_DEFAULT_PARTITION__",
    "a=b/c",
    "50%",
    "#1",
    "é",
    "😀",
    "'",
    '"',
    "\n",
    "\u0001",
    "\u007f",
    "\uffff",
    "a".repeat(40),
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
const decimalText = (precision: number, scale: number): fc.Arbitrary<string> =>
  fc.bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n }).map((unscaled) => {
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
    const point = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    return unscaled < 0n ? `-${point}` : point;
  });
const double = fc.oneof(fc.constantFrom(0, -0, NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE), fc.double());

/** Types that can be a partition column as well. */
export const atomicTypes: readonly ModelType[] = [
  { text: "boolean", value: fc.boolean() },
  { text: "byte", value: fc.integer({ min: -128, max: 127 }) },
  { text: "short", value: fc.integer({ min: -32768, max: 32767 }) },
  { text: "int", value: fc.integer() },
  { text: "long", value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { text: "float", value: double.map(Math.fround) },
  { text: "double", value: double },
  { text: "decimal(9,2)", value: decimalText(9, 2) },
  { text: "decimal(38,10)", value: decimalText(38, 10) },
  { text: "string", value: text },
  { text: "date", value: date },
  { text: "timestamp", value: timestampNtz.map((stamp) => `${stamp}Z`) },
  { text: "timestamp_ntz", value: timestampNtz },
];

const orNull = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.option(value, { nil: null, freq: 5 });

/** Every type of the model; nested ones hold nulls at every level. */
export const allTypes: readonly ModelType[] = [
  ...atomicTypes,
  { text: "binary", value: fc.uint8Array({ maxLength: 8 }) },
  { text: "array<long>", value: fc.array(orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), { maxLength: 4 }) },
  {
    text: "map<string,date>",
    value: fc.uniqueArray(fc.tuple(text, orNull(date)), { maxLength: 3, selector: ([key]) => key }).map((entries) => new Map(entries)),
  },
  { text: "struct<a:int,b:array<struct<c:string,d:timestamp>>>", value: structValue() },
];

function structValue(): fc.Arbitrary<unknown> {
  const inner = fc.record({ c: orNull(text), d: orNull(timestampNtz.map((stamp) => `${stamp}Z`)) });
  return fc.record({ a: orNull(fc.integer()), b: orNull(fc.array(orNull(inner), { maxLength: 3 })) });
}
