import { describe, expect, it } from "vitest";
import { LakeError } from "../../../src/base/errors.js";
import type { Metadata, Protocol } from "../../../src/delta/protocol/actions.js";
import { features, supportedFeatures, type FeatureState } from "../../../src/delta/protocol/features.js";
import { assertReadable, assertValidProtocol, assertWritable } from "../../../src/delta/protocol/protocol-check.js";
import type { StructType } from "../../../src/schema/types.js";

const schema: StructType = { kind: "struct", fields: [{ name: "id", type: { kind: "long" }, nullable: true, metadata: {} }] };
const state = (configuration: Record<string, string> = {}, in_: StructType = schema): FeatureState => {
  const metadata: Metadata = {
    id: "x",
    format: { provider: "parquet", options: new Map() },
    schemaString: "",
    partitionColumns: [],
    configuration: new Map(Object.entries(configuration)),
  };
  return { metadata, schema: in_ };
};
const withKey = (key: string): StructType => ({
  kind: "struct",
  fields: [
    {
      name: "s",
      nullable: true,
      metadata: {},
      type: { kind: "struct", fields: [{ name: "c", type: { kind: "long" }, nullable: true, metadata: { [key]: "1" } }] },
    },
  ],
});
const legacy = (minReaderVersion: number, minWriterVersion: number): Protocol => ({ minReaderVersion, minWriterVersion });
const listed = (readerFeatures: readonly string[], writerFeatures: readonly string[]): Protocol => ({
  minReaderVersion: 3,
  minWriterVersion: 7,
  readerFeatures,
  writerFeatures,
});

function missing(act: () => void): readonly string[] {
  try {
    act();
    return [];
  } catch (error) {
    if (!LakeError.is(error, "delta/unsupported-feature")) throw error;
    return (error.context["features"] as readonly string[] | undefined) ?? ["version"];
  }
}

describe("the feature table", () => {
  it("names each feature once, and readers only need reader-writer features", () => {
    expect(new Set(features.map((feature) => feature.name)).size).toBe(features.length);
    for (const feature of features) if (feature.kind === "writer") expect(feature.read, feature.name).not.toBe("no");
    for (const feature of features)
      if (feature.read === "inactive" || feature.write === "inactive") expect(feature.isActive, feature.name).toBeDefined();
  });

  it("has every name of PROTOCOL.md", () => {
    const names = [
      "appendOnly",
      "invariants",
      "checkConstraints",
      "generatedColumns",
      "allowColumnDefaults",
      "changeDataFeed",
      "columnMapping",
      "identityColumns",
      "deletionVectors",
      "rowTracking",
      "timestampNtz",
      "domainMetadata",
      "v2Checkpoint",
      "catalogManaged",
      "icebergCompatV1",
      "icebergCompatV2",
      "clustering",
      "vacuumProtocolCheck",
      "inCommitTimestamp",
    ];
    expect(names.filter((name) => !features.some((feature) => feature.name === name))).toEqual([]);
  });

  it("gives legacy versions the features that they imply", () => {
    expect(supportedFeatures(legacy(1, 1), "write")).toEqual([]);
    expect(supportedFeatures(legacy(1, 2), "write")).toEqual(["appendOnly", "invariants"]);
    expect(supportedFeatures(legacy(1, 4), "write")).toEqual([
      "appendOnly",
      "invariants",
      "checkConstraints",
      "changeDataFeed",
      "generatedColumns",
    ]);
    expect(supportedFeatures(legacy(2, 5), "read")).toEqual(["columnMapping"]);
    expect(supportedFeatures({ ...legacy(2, 7), writerFeatures: ["columnMapping", "identityColumns"] }, "read")).toEqual([
      "columnMapping",
    ]);
  });
});

describe("reading", () => {
  it("is refused for unknown and unbuilt features, naming every one", () => {
    expect(missing(() => assertReadable(listed(["quantumReads", "timestampNtz", "variantType"], [])))).toEqual([
      "quantumReads",
      "variantType",
    ]);
    expect(() => assertReadable(listed(["quantumReads"], []))).toThrow(/quantumReads \(unknown/);
  });

  it("is refused above the highest version", () => {
    expect(missing(() => assertReadable(legacy(4, 7)))).toEqual(["version"]);
  });

  it("does not look at writer features", () => {
    expect(missing(() => assertReadable(listed([], ["quantumWrites"]), state()))).toEqual([]);
    expect(missing(() => assertReadable(legacy(1, 99), state()))).toEqual([]);
  });

  it("of a table with column mapping is allowed, and writing to it only while it is off", () => {
    for (const protocol of [legacy(2, 5), listed(["columnMapping"], ["columnMapping"])]) {
      for (const mode of [{}, { "delta.columnMapping.mode": "none" }, { "delta.columnMapping.mode": "Name" }]) {
        expect(missing(() => assertReadable(protocol, state(mode)))).toEqual([]);
      }
      expect(missing(() => assertWritable(protocol, state({ "delta.columnMapping.mode": "none" })))).toEqual([]);
      expect(missing(() => assertWritable(protocol, state({ "delta.columnMapping.mode": "id" })))).toEqual(["columnMapping"]);
    }
  });
});

describe("writing", () => {
  it("to legacy versions is allowed while what they imply is not switched on", () => {
    for (const writer of [1, 2, 3, 4, 5, 6]) expect(missing(() => assertWritable(legacy(1, writer), state()))).toEqual([]);
  });

  it.each([
    ["changeDataFeed", { "delta.enableChangeDataFeed": "true" }, schema],
    ["generatedColumns", {}, withKey("delta.generationExpression")],
    ["identityColumns", {}, withKey("delta.identity.start")],
  ])("is refused when %s is switched on", (name, configuration, columns) => {
    expect(missing(() => assertWritable(legacy(1, 6), state(configuration, columns)))).toEqual([name]);
    expect(missing(() => assertWritable(listed([], [name]), state(configuration, columns)))).toEqual([name]);
    expect(missing(() => assertWritable(legacy(1, 2), state(configuration, columns)))).toEqual([]);
  });

  it("is refused for features that bind writers as soon as they are listed", () => {
    expect(missing(() => assertWritable(listed([], ["rowTracking", "domainMetadata", "quantumWrites"]), state()))).toEqual([
      "rowTracking",
      "domainMetadata",
      "quantumWrites",
    ]);
    expect(missing(() => assertWritable(legacy(1, 8), state()))).toEqual(["version"]);
  });

  it("needs all that reading needs", () => {
    expect(missing(() => assertWritable(listed(["variantType"], ["variantType"]), state()))).toEqual(["variantType"]);
  });

  it("of plain features is allowed", () => {
    const names = ["timestampNtz", "v2Checkpoint", "vacuumProtocolCheck"];
    expect(
      missing(() => assertWritable(listed(names, [...names, "appendOnly", "invariants"]), state({ "delta.appendOnly": "true" }))),
    ).toEqual([]);
  });
});

describe("a protocol", () => {
  it.each([legacy(0, 1), legacy(3, 2), { ...legacy(3, 7), writerFeatures: [] }, { ...legacy(3, 7), readerFeatures: [] }, legacy(1, 7)])(
    "that contradicts itself is refused: %j",
    (protocol) => {
      expect(() => assertValidProtocol(protocol, { file: "f" })).toThrow(expect.objectContaining({ code: "delta/corrupt-log" }));
    },
  );
});
