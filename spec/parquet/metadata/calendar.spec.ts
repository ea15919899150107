import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KeyValue } from "../../../src/parquet/metadata/file-metadata.js";
import { civilOfDay, dayOfCivil } from "../../../src/schema/civil-day.js";
import { field, struct, types } from "../../../src/schema/data-types.js";
import { buildPlainFile } from "../plain-file.js";
import { readRows } from "../read-rows.js";

const spark = (version: string | undefined, more: Readonly<Record<string, string>> = {}): readonly KeyValue[] => [
  { key: "org.apache.spark.sql.parquet.row.metadata", value: "{}" },
  ...(version === undefined ? [] : [{ key: "org.apache.spark.version", value: version }]),
  ...Object.entries(more).map(([key, value]) => ({ key, value })),
];
const inUtc = { "org.apache.spark.timeZone": "UTC" };
const inLosAngeles = { "org.apache.spark.timeZone": "America/Los_Angeles" };

async function readDay(day: number | null, keyValues: readonly KeyValue[] | undefined): Promise<unknown> {
  const logicalType = { kind: "date" } as const;
  const elements = [
    { name: "schema", childCount: 1 },
    { name: "d", repetition: "optional", type: "INT32", logicalType },
  ] as const;
  const bytes = buildPlainFile({ elements, rowGroups: [[{ d: day }]], ...(keyValues === undefined ? {} : { keyValues }) });
  return (await readRows(bytes, { schema: struct([field("d", types.date)]) })).rows[0]?.["d"];
}

async function readMicros(micros: bigint, keyValues: readonly KeyValue[]): Promise<unknown> {
  const logicalType = { kind: "timestamp", unit: "micros", isAdjustedToUtc: true } as const;
  const elements = [
    { name: "schema", childCount: 1 },
    { name: "t", repetition: "optional", type: "INT64", logicalType },
  ] as const;
  const bytes = buildPlainFile({ elements, rowGroups: [[{ t: micros }]], keyValues });
  return (await readRows(bytes, { schema: struct([field("t", types.timestamp)]), rowOptions: { timestamp: "micros" } })).rows[0]?.["t"];
}

/** The day number of a date of the Julian calendar, by its Julian day number. */
function julianDay(year: number, month: number, day: number): number {
  const shift = month <= 2 ? 1 : 0;
  const y = year + 4800 - shift;
  const m = month + 12 * shift - 3;
  return day + Math.floor((153 * m + 2) / 5) + 365 * y + Math.floor(y / 4) - 32083 - 2440588;
}

describe("days before 1582-10-15", () => {
  test("are taken as they are from everybody but old Spark", async () => {
    const day = dayOfCivil(1000, 1, 1);
    expect(await readDay(day, undefined)).toBe("1000-01-01");
    expect(await readDay(day, spark("3.5.1"))).toBe("1000-01-01");
  });

  test("keep the date that old Spark wrote, counted in the Julian calendar", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: dayOfCivil(1, 1, 1), max: dayOfCivil(1582, 10, 4) }), async (proleptic) => {
        const { year, month, day } = civilOfDay(proleptic);
        const stored = julianDay(year, month, day);
        const expected = await readDay(proleptic, undefined);
        expect(await readDay(stored, spark("2.4.5"))).toBe(expected);
        expect(await readDay(stored, spark("3.2.0", { "org.apache.spark.legacyDateTime": "" }))).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  test("are refused when Spark does not say which calendar it used, and only then", async () => {
    await expect(readDay(dayOfCivil(1500, 1, 1), spark(undefined))).rejects.toMatchObject({ code: "parquet/unsupported" });
    expect(await readDay(dayOfCivil(1582, 10, 15), spark(undefined))).toBe("1582-10-15");
    expect(await readDay(null, spark(undefined))).toBe(null);
  });
});

describe("old timestamps of old Spark", () => {
  const micros = (year: number, month: number, day: number, ofDay = 1n): bigint =>
    BigInt(dayOfCivil(year, month, day)) * 86_400_000_000n + ofDay;

  test("keep date and time when written in UTC", async () => {
    const stored = BigInt(julianDay(1500, 3, 1)) * 86_400_000_000n + 86_399_999_999n;
    expect(await readMicros(stored, spark("2.4.5", inUtc))).toBe(micros(1500, 3, 1, 86_399_999_999n));
    expect(await readMicros(micros(1700, 1, 1), spark("2.4.5", inUtc))).toBe(micros(1700, 1, 1));
  });

  test("may be null, though the zero bytes of a null INT96 would be 4713 BC", async () => {
    const elements = [
      { name: "schema", childCount: 1 },
      { name: "t", repetition: "optional", type: "INT96" },
    ] as const;
    const bytes = buildPlainFile({ elements, rowGroups: [[{ t: null }, { t: null }]], keyValues: spark(undefined) });
    expect((await readRows(bytes)).rows).toEqual([{ t: null }, { t: null }]);
  });

  test("are refused in other zones before 1900, and taken as they are since", async () => {
    await expect(readMicros(micros(1850, 1, 1), spark("2.4.5", inLosAngeles))).rejects.toMatchObject({ code: "parquet/unsupported" });
    await expect(readMicros(micros(1850, 1, 1), spark("2.4.5"))).rejects.toMatchObject({ code: "parquet/unsupported" });
    expect(await readMicros(micros(1900, 1, 1), spark("2.4.5", inLosAngeles))).toBe(micros(1900, 1, 1));
    expect(await readMicros(micros(1850, 1, 1), spark("3.3.0", inLosAngeles))).toBe(micros(1850, 1, 1));
  });
});
