import { corruptLog, FieldReader, isJsonObject } from "./action-fields.js";
import { lastCheckpointPath } from "./log-path.js";

/** PROTOCOL.md "Last Checkpoint File Schema": a hint where the newest checkpoint may be. Nothing of it is relied on. */
export interface LastCheckpoint {
  readonly version: number;
  /** Actions in the checkpoint. */
  readonly size?: number | undefined;
  readonly parts?: number | undefined;
  readonly sizeInBytes?: number | undefined;
  readonly numOfAddFiles?: number | undefined;
}

/** @throws delta/corrupt-log  when it is no hint; the caller does without it */
export function decodeLastCheckpoint(bytes: Uint8Array): LastCheckpoint {
  const place = { file: lastCheckpointPath };
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw corruptLog(place, "it is no JSON", error);
  }
  if (!isJsonObject(document)) throw corruptLog(place, "it is no JSON object");
  const read = new FieldReader("last checkpoint", document, place);
  return {
    version: read.count("version"),
    size: read.integerOr("size", undefined),
    parts: read.countOr("parts", undefined),
    sizeInBytes: read.countOr("sizeInBytes", undefined),
    numOfAddFiles: read.countOr("numOfAddFiles", undefined),
  };
}
