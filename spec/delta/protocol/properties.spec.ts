import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInterval } from "../../../src/delta/protocol/interval.js";
import { properties, readProperty } from "../../../src/delta/protocol/properties.js";
import { canonicalKey, checkProperties } from "../../../src/delta/protocol/property-change.js";

const of = (settings: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(settings));
const refused = (key: string, value: string): unknown => {
  try {
    checkProperties(of({ [key]: value }));
    return "accepted";
  } catch (error) {
    return (error as { readonly code?: unknown }).code;
  }
};

describe("table properties", () => {
  it("have the protocol's and Spark's defaults", () => {
    const none = of({});
    expect(readProperty(none, properties.checkpointInterval)).toBe(10);
    expect(readProperty(none, properties.compression)).toBe("zstd");
    expect(readProperty(none, properties.formatVersion)).toBe("1.0");
    expect(readProperty(none, properties.deletedFileRetentionMs)).toBe(7 * 86_400_000);
    expect(readProperty(none, properties.logRetentionMs)).toBe(30 * 86_400_000);
    expect(readProperty(none, properties.dataSkippingNumIndexedCols)).toBe(32);
    expect(readProperty(none, properties.isolationLevel)).toBe("Serializable");
    expect(readProperty(none, properties.checkpointWriteStatsAsJson)).toBe(true);
  });

  it("are read by type", () => {
    expect(readProperty(of({ "delta.parquet.compression.codec": "SNAPPY" }), properties.compression)).toBe("snappy");
    expect(readProperty(of({ "delta.parquet.compression.codec": "none" }), properties.compression)).toBe("uncompressed");
    expect(readProperty(of({ "delta.parquet.format.version": "2.12.0" }), properties.formatVersion)).toBe("2.0");
    expect(readProperty(of({ "delta.targetFileSize": "128mb" }), properties.targetFileBytes)).toBe(134217728);
    expect(readProperty(of({ "delta.dataSkippingStatsColumns": "a, b.c,`odd,name`" }), properties.dataSkippingStatsColumns)).toEqual([
      "a",
      "b.c",
      "`odd,name`",
    ]);
  });

  it.each([
    ["delta.checkpointInterval", "0"],
    ["delta.checkpointInterval", "x"],
    ["delta.appendOnly", "yes"],
    ["delta.logRetentionDuration", "interval 1 month"],
    ["delta.parquet.compression.codec", "lzo"],
    ["delta.parquet.format.version", "3.0.0"],
    ["delta.isolationLevel", "Snapshot"],
    ["delta.dataSkippingNumIndexedCols", "-2"],
    ["delta.unheardOf", "1"],
    ["delta.minReaderVersion", "2"],
  ])("that mean nothing are refused: %s = %s", (key, value) => {
    expect(refused(key, value)).toBe("delta/invalid-property");
  });

  it.each([
    ["delta.enableChangeDataFeed", "true"],
    ["delta.enableDeletionVectors", "true"],
    ["delta.columnMapping.mode", "name"],
    ["delta.feature.rowTracking", "supported"],
    ["delta.constraints.positive", "x > 0"],
    ["delta.enableInCommitTimestamps", "true"],
    ["delta.checkpointPolicy", "v2"],
  ])("of features that are not built are refused by name: %s = %s", (key, value) => {
    expect(refused(key, value)).toBe("delta/unsupported-feature");
  });

  it("at which a feature is off may be set", () => {
    expect(refused("delta.enableChangeDataFeed", "false")).toBe("accepted");
    expect(refused("delta.columnMapping.mode", "none")).toBe("accepted");
  });

  it("without the prefix are the user's own; those with it are kept in one spelling", () => {
    expect(checkProperties(of({ Owner: "me", "DELTA.AppendOnly": "true" }))).toEqual(of({ Owner: "me", "delta.appendOnly": "true" }));
    expect(canonicalKey("delta.ENABLEchangedatafeed")).toBe("delta.enableChangeDataFeed");
  });
});

describe("an interval", () => {
  it("adds up its parts, in any of Spark's units", () => {
    const units = { week: 604800000, day: 86400000, hour: 3600000, minute: 60000, second: 1000, millisecond: 1 };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 99 }), fc.constantFrom(...Object.entries(units)), fc.boolean()), { minLength: 1 }),
        fc.boolean(),
        (parts, prefix) => {
          const text = parts.map(([n, [unit], plural]) => `${n} ${unit}${plural ? "S" : ""}`).join("  ");
          expect(parseInterval(`${prefix ? "INTERVAL " : ""}${text}`)).toBe(parts.reduce((sum, [n, [, ms]]) => sum + n * ms, 0));
        },
      ),
    );
  });

  it.each(["", "interval", "7", "days 7", "interval 1 year", "interval 2 months", "-1 day"])("%s is none", (text) => {
    expect(parseInterval(text)).toBeUndefined();
  });
});
