/** The folder of the log, as a key prefix below the table's root. PROTOCOL.md "File Types". */
export const logFolder = "_delta_log/";

/** Where V2 checkpoints keep their file actions. */
export const sidecarFolder = `${logFolder}_sidecars/`;

/** The hint that PROTOCOL.md calls "Last Checkpoint File". */
export const lastCheckpointPath = `${logFolder}_last_checkpoint`;

/** What a file of the log is, told by its name alone. */
export type LogFileName =
  | { readonly kind: "commit"; readonly version: number }
  | { readonly kind: "classic-checkpoint"; readonly version: number }
  | { readonly kind: "multi-part-checkpoint"; readonly version: number; readonly part: number; readonly parts: number }
  | { readonly kind: "uuid-checkpoint"; readonly version: number; readonly uuid: string; readonly encoding: "json" | "parquet" }
  | { readonly kind: "compacted"; readonly version: number; readonly endVersion: number }
  | { readonly kind: "checksum"; readonly version: number }
  | { readonly kind: "staged-commit"; readonly version: number; readonly uuid: string }
  | { readonly kind: "sidecar"; readonly name: string }
  | { readonly kind: "last-checkpoint" };

const uuidPattern = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";
const versioned = new RegExp(
  `^(\\d{20})\\.(?:(json)|(crc)|checkpoint\\.parquet|checkpoint\\.(\\d{10})\\.(\\d{10})\\.parquet|` +
    `checkpoint\\.(${uuidPattern})\\.(json|parquet)|(\\d{20})\\.compacted\\.json)$`,
);
const staged = new RegExp(`^_staged_commits/(\\d{20})\\.(${uuidPattern})\\.json$`);
const sidecar = /^_sidecars\/([^/]+\.parquet)$/;

/** Classifies a key below the table's root. `undefined`: no file of the log that the protocol knows; to be ignored. */
export function parseLogPath(key: string): LogFileName | undefined {
  if (!key.startsWith(logFolder)) return undefined;
  const name = key.slice(logFolder.length);
  if (name === "_last_checkpoint") return { kind: "last-checkpoint" };
  if (name.startsWith("_")) return parseSubfolder(name);
  const match = versioned.exec(name);
  if (match === null) return undefined;
  const [, digits, commit, checksum, part, parts, uuid, encoding, end] = match;
  const version = safeVersion(digits);
  if (version === undefined) return undefined;
  if (commit !== undefined) return { kind: "commit", version };
  if (checksum !== undefined) return { kind: "checksum", version };
  if (part !== undefined) return multiPart(version, Number(part), Number(parts));
  if (uuid !== undefined) return { kind: "uuid-checkpoint", version, uuid, encoding: encoding === "json" ? "json" : "parquet" };
  if (end === undefined) return { kind: "classic-checkpoint", version };
  const endVersion = safeVersion(end);
  return endVersion !== undefined && endVersion > version ? { kind: "compacted", version, endVersion } : undefined;
}

export function commitPath(version: number): string {
  return `${logFolder}${paddedVersion(version)}.json`;
}

export function classicCheckpointPath(version: number): string {
  return `${logFolder}${paddedVersion(version)}.checkpoint.parquet`;
}

export function multiPartCheckpointPath(version: number, part: number, parts: number): string {
  return `${logFolder}${paddedVersion(version)}.checkpoint.${padded(part, 10)}.${padded(parts, 10)}.parquet`;
}

export function checksumPath(version: number): string {
  return `${logFolder}${paddedVersion(version)}.crc`;
}

/** A key that sorts before every log file of `version` and after those of the version before. */
export function beforeVersion(version: number): string {
  return `${logFolder}${paddedVersion(version)}`;
}

/** Whether a sorted listing of the log has passed the last file whose name starts with a version. */
export function isPastVersions(key: string): boolean {
  return key > `${logFolder}:`;
}

function parseSubfolder(name: string): LogFileName | undefined {
  const commit = staged.exec(name);
  if (commit !== null) {
    const version = safeVersion(commit[1]);
    return version === undefined ? undefined : { kind: "staged-commit", version, uuid: commit[2] ?? "" };
  }
  const file = sidecar.exec(name);
  return file === null ? undefined : { kind: "sidecar", name: file[1] ?? "" };
}

function multiPart(version: number, part: number, parts: number): LogFileName | undefined {
  return part >= 1 && part <= parts ? { kind: "multi-part-checkpoint", version, part, parts } : undefined;
}

function safeVersion(digits: string | undefined): number | undefined {
  const version = Number(digits);
  return Number.isSafeInteger(version) ? version : undefined;
}

function paddedVersion(version: number): string {
  return padded(version, 20);
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
