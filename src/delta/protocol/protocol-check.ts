import { LakeError } from "../../base/errors.js";
import type { Protocol } from "./actions.js";
import { corruptLog, type Place } from "./action-fields.js";
import { featureByName, supportedFeatures, type FeatureState } from "./features.js";

/** The highest versions that exist: from there on features are listed by name. */
export const maxReaderVersion = 3;
export const maxWriterVersion = 7;

/**
 * Refuses a protocol that contradicts itself: lists that are missing at the versions that need them, reader version 3 below
 * writer version 7 (PROTOCOL.md "Table Features", "Reader Version Requirements").
 *
 * @throws delta/corrupt-log
 */
export function assertValidProtocol(protocol: Protocol, place: Place): void {
  const { minReaderVersion, minWriterVersion, readerFeatures, writerFeatures } = protocol;
  if (minReaderVersion > maxReaderVersion || minWriterVersion > maxWriterVersion) return;
  if (minReaderVersion < 1 || minWriterVersion < 1) {
    throw corruptLog(
      place,
      `the protocol asks for reader version ${minReaderVersion} and writer version ${minWriterVersion}; the lowest is 1`,
    );
  }
  if (minReaderVersion === 3 && minWriterVersion < 7) {
    throw corruptLog(place, `the protocol has reader version 3 with writer version ${minWriterVersion}; it must be 7`);
  }
  if (minReaderVersion === 3 && readerFeatures === undefined)
    throw corruptLog(place, "the protocol has reader version 3 and no readerFeatures");
  if (minWriterVersion === 7 && writerFeatures === undefined)
    throw corruptLog(place, "the protocol has writer version 7 and no writerFeatures");
}

/**
 * Whether this release can read the table.
 *
 * @throws delta/unsupported-feature naming every feature that is missing
 */
export function assertReadable(protocol: Protocol, state?: FeatureState): void {
  if (protocol.minReaderVersion > maxReaderVersion) {
    throw new LakeError(
      "delta/unsupported-feature",
      `The table needs reader version ${protocol.minReaderVersion}; this release of laketable knows versions up to ${maxReaderVersion}. ` +
        "Use a newer release.",
      { minReaderVersion: protocol.minReaderVersion },
    );
  }
  const missing = missingFeatures(protocol, "read", state);
  if (missing.length > 0) throw unsupported("read", missing);
}

/**
 * Whether this release can write to the table. Features that a legacy version implies but the metadata does not switch on
 * are no obstacle (PROTOCOL.md "Active Features").
 *
 * @throws delta/unsupported-feature naming every feature that is missing
 */
export function assertWritable(protocol: Protocol, state: FeatureState): void {
  assertReadable(protocol, state);
  if (protocol.minWriterVersion > maxWriterVersion) {
    throw new LakeError(
      "delta/unsupported-feature",
      `The table needs writer version ${protocol.minWriterVersion}; this release of laketable knows versions up to ${maxWriterVersion}. ` +
        "Use a newer release, or only read it.",
      { minWriterVersion: protocol.minWriterVersion },
    );
  }
  const missing = missingFeatures(protocol, "write", state);
  if (missing.length > 0) throw unsupported("write", missing);
}

function missingFeatures(protocol: Protocol, purpose: "read" | "write", state: FeatureState | undefined): readonly string[] {
  return supportedFeatures(protocol, purpose).filter((name) => {
    const feature = featureByName(name);
    if (feature === undefined || feature[purpose] === "no") return true;
    if (feature[purpose] === "yes") return false;
    return state !== undefined && (feature.isActive === undefined || feature.isActive(state));
  });
}

function unsupported(purpose: "read" | "write", missing: readonly string[]): LakeError {
  const known = missing.map((name) => (featureByName(name) === undefined ? `${name} (unknown to this release)` : name));
  const advice =
    purpose === "read" ? "Use a newer release, or the engine that wrote the table." : "Use a newer release, or only read the table.";
  return new LakeError(
    "delta/unsupported-feature",
    `The table cannot be ${purpose === "read" ? "read" : "written"}: it uses ${known.join(", ")}, ` +
      `which this release of laketable does not ${purpose}. ${advice}`,
    { purpose, features: missing },
  );
}
