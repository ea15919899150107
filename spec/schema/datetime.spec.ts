import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  MAX_DAY,
  MIN_DAY,
  civilOfDay,
  createMomentFormatter,
  dayOfCivil,
  daysInMonth,
  formatDate,
  formatSeconds,
  formatTimestamp,
  formatTimestampNtz,
  isLeapYear,
  newTimestampScan,
  parseDate,
  parseTimestamp,
  parseTimestampNtz,
  scanTimestamp,
} from "../../src/schema/datetime.js";
import {
  fitsSafeInteger,
  fractionOfMicros,
  secondsOfMicros,
  storeMicros,
  storeSafeInteger,
  wordsOf,
  wordsToNumber,
} from "../../src/schema/int64-words.js";

const MIN_MICROS = BigInt(MIN_DAY) * 86_400_000_000n;
const MAX_MICROS = BigInt(MAX_DAY + 1) * 86_400_000_000n - 1n;
const days = fc.integer({ min: MIN_DAY, max: MAX_DAY });
const micros = fc.bigInt({ min: MIN_MICROS, max: MAX_MICROS });
const anyLong = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

/** What JavaScript's own Date says. */
function dateOracle(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

describe("days", () => {
  test("every day of the years 1 to 9999 is the one after the day before", () => {
    let year = 1;
    let month = 1;
    let day = 1;
    for (let n = MIN_DAY; n <= MAX_DAY; n += 1) {
      const civil = civilOfDay(n);
      if (civil.year !== year || civil.month !== month || civil.day !== day || dayOfCivil(year, month, day) !== n) {
        expect.fail(`day ${n}: ${JSON.stringify(civil)}, expected ${year}-${month}-${day}`);
      }
      day += 1;
      if (day > daysInMonth(year, month)) [day, month] = [1, month + 1];
      if (month > 12) [month, year] = [1, year + 1];
    }
    expect([year, month, day]).toEqual([10000, 1, 1]);
  });

  test("the text of a day is the one that Date gives, and reads back", () => {
    fc.assert(
      fc.property(days, (day) => {
        expect(formatDate(day)).toBe(dateOracle(day));
        expect(parseDate(formatDate(day))).toBe(day);
      }),
      { numRuns: 1000 },
    );
  });

  test("days far outside the years 1 to 9999 have a text with a sign, which reads back", () => {
    expect(formatDate(dayOfCivil(10000, 1, 1))).toBe("+10000-01-01");
    expect(formatDate(dayOfCivil(-1, 12, 31))).toBe("-00001-12-31");
    expect(formatDate(dayOfCivil(0, 1, 1))).toBe("0000-01-01");
    for (const year of [10000, 123456, -1, -43, -99999])
      expect(parseDate(formatDate(dayOfCivil(year, 2, 28)))).toBe(dayOfCivil(year, 2, 28));
  });

  test.each([
    "2026-02-29",
    "2026-02-30",
    "1900-02-29",
    "2026-13-01",
    "2026-00-01",
    "2026-01-00",
    "2026-04-31",
    "2026-1-1",
    "26-01-01",
    "2026-01-01 ",
    " 2026-01-01",
    "2026/01/01",
    "2026-01-01T00:00",
    "",
    "abcd-ef-gh",
    "20260101",
    "2026-01-0x",
    "+2026-01-01",
    "12026-01-01",
    "2026-01",
  ])("%j is no date", (text) => {
    expect(parseDate(text)).toBeUndefined();
  });

  test("leap years are every fourth, but of the centuries every fourth", () => {
    expect([1896, 1900, 2000, 2023, 2024, 2100].map(isLeapYear)).toEqual([true, false, true, false, true, false]);
    expect(parseDate("2000-02-29")).toBe(11016);
  });
});

describe("moments", () => {
  test("the text of a moment is the one that Date gives, with the µs, and reads back", () => {
    fc.assert(
      fc.property(micros, (value) => {
        const millis = value >= 0n ? value / 1000n : -((-value + 999n) / 1000n);
        const expected = new Date(Number(millis)).toISOString().slice(0, -1) + String(value - millis * 1000n).padStart(3, "0");
        expect(formatTimestampNtz(value)).toBe(expected);
        expect(formatTimestamp(value)).toBe(`${expected}Z`);
        expect(parseTimestampNtz(expected)).toBe(value);
        expect(parseTimestamp(`${expected}Z`)).toBe(value);
      }),
      { numRuns: 1000 },
    );
  });

  test("an offset is taken off, as Date does", () => {
    fc.assert(
      fc.property(micros, fc.integer({ min: -18 * 60, max: 18 * 60 }), (value, offset) => {
        const local = formatTimestampNtz(value);
        const sign = offset < 0 ? "-" : "+";
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((n) => String(n).padStart(2, "0"));
        const zone = `${sign}${hours}:${minutes}`;
        expect(parseTimestamp(local + zone)).toBe(value - BigInt(offset) * 60_000_000n);
        expect(parseTimestamp(local + zone.replace(":", ""))).toBe(value - BigInt(offset) * 60_000_000n);
        expect(parseTimestampNtz(local + zone)).toBeUndefined();
        if (Math.abs(offset) < 24 * 60 && value % 1000n === 0n)
          expect(Date.parse(local.slice(0, 23) + zone)).toBe(Number((value - BigInt(offset) * 60_000_000n) / 1000n));
      }),
      { numRuns: 500 },
    );
  });

  test("seconds, fraction and separator may be short", () => {
    const at = (text: string): bigint | undefined => parseTimestamp(text);
    const noon = BigInt(Date.UTC(2026, 0, 31, 12)) * 1000n;
    expect(at("2026-01-31T12:00Z")).toBe(noon);
    expect(at("2026-01-31 12:00:00Z")).toBe(noon);
    expect(at("2026-01-31t12:00:00z")).toBe(noon);
    expect(at("2026-01-31T12:00:00.5Z")).toBe(noon + 500_000n);
    expect(at("2026-01-31T12:00:00.000001000Z")).toBe(noon + 1n);
    expect(at("2026-01-31T21:00:00+09")).toBe(noon);
    expect(at("2026-01-31T12:00:30+00:00:30")).toBe(noon);
    expect(parseTimestampNtz("2026-01-31")).toBe(noon - 43_200_000_000n);
  });

  test.each([
    "2026-01-31",
    "2026-01-31T12:00",
    "2026-01-31T24:00Z",
    "2026-01-31T12:60Z",
    "2026-01-31T12:00:60Z",
    "2026-02-30T12:00Z",
    "2026-01-31T12Z",
    "2026-01-31T12:00:00.Z",
    "2026-01-31T12:00:00.1234567890Z",
    "2026-01-31T12:00:00,5Z",
    "2026-01-31T12:00:00+18:01",
    "2026-01-31T12:00:00+1",
    "2026-01-31T12:00:00+9:00",
    "2026-01-31T12:00:00+09:60",
    "2026-01-31T12:00:00Zx",
    "2026-01-31T12:00:00 Z",
    "2026-01-31  12:00Z",
    "2026-01-31T12:00:00+",
    "2026-01-31T12:00:00.000000001Z",
    "yesterday",
    "",
  ])("%j is no moment with a zone", (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  test("digits finer than a µs are noticed, zeros are not", () => {
    const scan = newTimestampScan();
    expect(scanTimestamp("2026-01-31T12:00:00.123456789Z", scan) && scan.tooFine).toBe(true);
    expect(scanTimestamp("2026-01-31T12:00:00.123456000Z", scan) && !scan.tooFine && scan.micros === 123456).toBe(true);
  });

  test("a formatter for many moments gives what each of them alone would", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -3 * 86400, max: 3 * 86400 }), fc.integer({ min: 0, max: 999_999 })), { minLength: 1 }),
        (moments) => {
          const format = createMomentFormatter("Z");
          for (const [seconds, fraction] of moments) expect(format(seconds, fraction)).toBe(`${formatSeconds(seconds, fraction)}Z`);
        },
      ),
    );
  });
});

describe("64-bit words", () => {
  const wordsFor = (value: bigint): [number, number] => {
    const words = wordsOf(BigInt64Array.of(value));
    return [words[0] ?? 0, words[1] ?? 0];
  };

  test("seconds and fraction are those of BigInt arithmetic, rounding down", () => {
    fc.assert(
      fc.property(anyLong, (value) => {
        const [low, high] = wordsFor(value);
        const fraction = ((value % 1_000_000n) + 1_000_000n) % 1_000_000n;
        expect(BigInt(fractionOfMicros(low, high))).toBe(fraction);
        expect(BigInt(secondsOfMicros(low, high))).toBe((value - fraction) / 1_000_000n);
      }),
      { numRuns: 1000 },
    );
  });

  test("seconds and fraction go back to the same 64 bits", () => {
    fc.assert(
      fc.property(anyLong, (value) => {
        const [low, high] = wordsFor(value);
        const target = new BigInt64Array(1);
        storeMicros(wordsOf(target), 0, secondsOfMicros(low, high), fractionOfMicros(low, high));
        expect(target[0]).toBe(value);
      }),
      { numRuns: 1000 },
    );
  });

  test("a number is safe exactly when JavaScript says so, and is stored as it is", () => {
    const near = fc
      .integer({ min: -3, max: 3 })
      .chain((d) => fc.constantFrom(2n ** 53n, -(2n ** 53n), 2n ** 32n, -(2n ** 32n), 0n).map((n) => n + BigInt(d)));
    fc.assert(
      fc.property(fc.oneof(anyLong, near), (value) => {
        const [low, high] = wordsFor(value);
        const isSafe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
        expect(fitsSafeInteger(low, high)).toBe(isSafe);
        if (!isSafe) return;
        expect(BigInt(wordsToNumber(low, high))).toBe(value);
        const target = new BigInt64Array(1);
        storeSafeInteger(wordsOf(target), 0, Number(value));
        expect(target[0]).toBe(value);
      }),
      { numRuns: 1000 },
    );
  });
});
