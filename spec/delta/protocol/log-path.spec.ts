import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  beforeVersion,
  checksumPath,
  classicCheckpointPath,
  commitPath,
  isPastVersions,
  multiPartCheckpointPath,
  parseLogPath,
} from "../../../src/delta/protocol/log-path.js";

const version = fc.nat({ max: 2 ** 31 });

describe("log file names", () => {
  it("of the protocol's examples are told apart", () => {
    const kinds = {
      "_delta_log/00000000000000000042.json": { kind: "commit", version: 42 },
      "_delta_log/00000000000000000042.crc": { kind: "checksum", version: 42 },
      "_delta_log/00000000000000000010.checkpoint.parquet": { kind: "classic-checkpoint", version: 10 },
      "_delta_log/00000000000000000010.checkpoint.0000000001.0000000003.parquet": {
        kind: "multi-part-checkpoint",
        version: 10,
        part: 1,
        parts: 3,
      },
      "_delta_log/00000000000000000010.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json": {
        kind: "uuid-checkpoint",
        version: 10,
        uuid: "80a083e8-7026-4e79-81be-64bd76c43a11",
        encoding: "json",
      },
      "_delta_log/00000000000000000020.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.parquet": {
        kind: "uuid-checkpoint",
        version: 20,
        uuid: "80a083e8-7026-4e79-81be-64bd76c43a11",
        encoding: "parquet",
      },
      "_delta_log/00000000000000000004.00000000000000000006.compacted.json": { kind: "compacted", version: 4, endVersion: 6 },
      "_delta_log/_last_checkpoint": { kind: "last-checkpoint" },
      "_delta_log/_staged_commits/00000000000000000001.7d17ac10-5cc3-401b-bd1a-9c82dd2ea032.json": {
        kind: "staged-commit",
        version: 1,
        uuid: "7d17ac10-5cc3-401b-bd1a-9c82dd2ea032",
      },
      "_delta_log/_sidecars/016ae953-37a9-438e-8683-9a9a4a79a395.parquet": {
        kind: "sidecar",
        name: "016ae953-37a9-438e-8683-9a9a4a79a395.parquet",
      },
    };
    for (const [key, name] of Object.entries(kinds)) expect(parseLogPath(key), key).toEqual(name);
  });

  it.each([
    "00000000000000000042.json",
    "_delta_log/42.json",
    "_delta_log/00000000000000000042.json.tmp",
    "_delta_log/.00000000000000000042.json.crc",
    "_delta_log/00000000000000000042.checkpoint.parquet.crc",
    "_delta_log/00000000000000000010.checkpoint.0000000004.0000000003.parquet",
    "_delta_log/00000000000000000010.checkpoint.0000000000.0000000003.parquet",
    "_delta_log/00000000000000000010.checkpoint.not-a-uuid.json",
    "_delta_log/00000000000000000006.00000000000000000004.compacted.json",
    "_delta_log/99999999999999999999.json",
    "_delta_log/sub/00000000000000000042.json",
    "_delta_log/_commits/00000000000000000001.7d17ac10-5cc3-401b-bd1a-9c82dd2ea032.json",
  ])("that the protocol does not know are ignored: %s", (key) => {
    expect(parseLogPath(key)).toBeUndefined();
  });

  it("read back as what they were made for", () => {
    fc.assert(
      fc.property(version, fc.integer({ min: 1, max: 99 }), fc.integer({ min: 0, max: 99 }), (v, part, more) => {
        expect(parseLogPath(commitPath(v))).toEqual({ kind: "commit", version: v });
        expect(parseLogPath(checksumPath(v))).toEqual({ kind: "checksum", version: v });
        expect(parseLogPath(classicCheckpointPath(v))).toEqual({ kind: "classic-checkpoint", version: v });
        expect(parseLogPath(multiPartCheckpointPath(v, part, part + more))).toEqual({
          kind: "multi-part-checkpoint",
          version: v,
          part,
          parts: part + more,
        });
      }),
    );
  });

  it("sort by version, before everything that has none", () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        const names = [commitPath(a), classicCheckpointPath(a), checksumPath(a)];
        for (const name of names) {
          expect(isPastVersions(name)).toBe(false);
          expect(beforeVersion(b) < name).toBe(a >= b);
        }
        expect(isPastVersions("_delta_log/_last_checkpoint")).toBe(true);
      }),
    );
  });
});
