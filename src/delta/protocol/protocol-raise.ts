import type { DataType, StructType } from "../../schema/types.js";
import type { Metadata, Protocol } from "./actions.js";
import { featureByName, features, supportedFeatures, type Feature } from "./features.js";
import { properties, readProperty } from "./properties.js";

/** The features that a table cannot do without, given its schema and properties. */
export function neededFeatures(metadata: Metadata, schema: StructType): readonly string[] {
  const needed: string[] = [];
  if (readProperty(metadata.configuration, properties.appendOnly)) needed.push("appendOnly");
  if (hasInvariants(schema)) needed.push("invariants");
  if (containsType(schema, "timestamp_ntz")) needed.push("timestampNtz");
  return needed;
}

/**
 * The lowest protocol above `protocol` that supports the features as well.
 *
 * A feature that a legacy version brings raises the version alone. One that exists only by name raises the protocol to table
 * features, and then everything the legacy versions implied is listed: PROTOCOL.md "Table Features for New and Existing
 * Tables", "The client must assume a feature has been used".
 */
export function raiseProtocol(protocol: Protocol, needed: readonly string[]): Protocol {
  const supported = supportedFeatures(protocol, "write");
  const missing = needed.filter((name) => !supported.includes(name)).flatMap((name) => featureByName(name) ?? []);
  if (missing.length === 0) return protocol;
  const isLegacy = missing.every(({ legacy, kind }) => legacy !== undefined && kind === "writer") && protocol.minWriterVersion < 7;
  if (isLegacy) {
    const minWriterVersion = Math.max(protocol.minWriterVersion, ...missing.map(({ legacy }) => legacy?.minWriterVersion ?? 1));
    return { ...protocol, minWriterVersion };
  }
  const isReader = missing.some(({ kind }) => kind === "reader-writer");
  const names = missing.map(({ name }) => name);
  const writerFeatures = inOrder([...supported, ...names]);
  if (!isReader) return { ...protocol, minWriterVersion: 7, writerFeatures };
  const readerFeatures = inOrder([
    ...supportedFeatures(protocol, "read"),
    ...missing.filter(({ kind }) => kind === "reader-writer").map(({ name }) => name),
  ]);
  return { minReaderVersion: 3, minWriterVersion: 7, readerFeatures, writerFeatures };
}

/** Each name once, in the order of the feature table; unknown ones last. */
function inOrder(names: readonly string[]): readonly string[] {
  const order = new Map(features.map((feature: Feature, at) => [feature.name, at]));
  return [...new Set(names)].sort((a, b) => (order.get(a) ?? order.size) - (order.get(b) ?? order.size));
}

/** NOT NULL counts: PROTOCOL.md has no other feature for it, and Spark lists `invariants` for it. */
function hasInvariants(type: DataType): boolean {
  switch (type.kind) {
    case "struct":
      return type.fields.some(
        (field) => !field.nullable || Object.hasOwn(field.metadata, "delta.invariants") || hasInvariants(field.type),
      );
    case "array":
      return hasInvariants(type.element);
    case "map":
      return hasInvariants(type.key) || hasInvariants(type.value);
    default:
      return false;
  }
}

function containsType(type: DataType, kind: DataType["kind"]): boolean {
  switch (type.kind) {
    case "struct":
      return type.fields.some((field) => containsType(field.type, kind));
    case "array":
      return containsType(type.element, kind);
    case "map":
      return containsType(type.key, kind) || containsType(type.value, kind);
    default:
      return type.kind === kind;
  }
}
