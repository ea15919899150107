import { beforeEach, describe, expect, it } from "vitest";
import type { LakeError } from "../../src/base/errors.js";
import { writeCheckpoint } from "../../src/delta/checkpoint-writer.js";
import { openState } from "../../src/delta/open-state.js";
import { classicCheckpointPath, commitPath, lastCheckpointPath } from "../../src/delta/protocol/log-path.js";
import type { VersionRef } from "../../src/table/table-format.js";
import { add, logFixture, metaData, protocol, type LogFixture } from "./log-fixture.js";

let table: LogFixture;
beforeEach(() => {
  table = logFixture();
});

/** Versions 0 to `latest`, one second apart, one file each. */
async function write(latest: number, from = 0): Promise<void> {
  for (let version = from; version <= latest; version++) {
    table.clockMs += 1000;
    await table.commit(
      version,
      { commitInfo: { operation: "WRITE" } },
      ...(version === 0 ? [protocol, metaData()] : []),
      add(`f${version}.parquet`),
    );
  }
}

const open = async (ref?: VersionRef) => openState(table.context(), ref);
const checkpoint = async (version: number): Promise<void> => writeCheckpoint(table.context(), await open({ version }));
const refusal = (ref?: VersionRef): Promise<LakeError> =>
  open(ref).then(
    () => expect.unreachable("opened"),
    (error: LakeError) => error,
  );
const keysRead = (): readonly string[] => table.store.requests.filter(({ operation }) => operation === "get").map(({ key }) => key);

describe("opening", () => {
  it("costs a look for the hint, one listing, and the commits, while there is no checkpoint", async () => {
    await write(3);
    table.store.reset();
    const state = await open();
    expect(state.segment.version).toBe(3);
    expect(keysRead()).toEqual([lastCheckpointPath, ...[3, 2, 1, 0].map(commitPath)]);
    expect(table.store.count("list")).toBe(1);
    expect(table.store.count()).toBe(6);
  });

  it("reads the hint, one listing from it on, the commits after the checkpoint, and two requests of the checkpoint", async () => {
    await write(12);
    await checkpoint(10);
    table.store.reset();
    const state = await open();
    expect([state.segment.version, state.segment.checkpoint?.version]).toEqual([12, 10]);
    expect(new Set(keysRead())).toEqual(new Set([lastCheckpointPath, commitPath(12), commitPath(11), classicCheckpointPath(10)]));
    const lists = table.store.requests.filter(({ operation }) => operation === "list");
    expect(lists).toHaveLength(1);
    // The checkpoint, commits 10 to 12, and the hint, where the listing ends: nothing older is seen.
    expect(lists[0]?.objects).toBe(5);
    expect(keysRead().filter((key) => key === classicCheckpointPath(10)).length).toBeLessThanOrEqual(2);
  });

  it.each(["", "garbage", "[]", '{"version":-1}', '{"version":"x"}', "{"])("ignores a hint that says %j, and says so", async (hint) => {
    await write(2);
    await table.put(lastCheckpointPath, hint);
    expect((await open()).segment.version).toBe(2);
    expect(table.warnings).toHaveLength(1);
    expect(table.warnings[0]).toContain("_last_checkpoint");
  });

  it("does without a hint to a checkpoint that is not there, is older, or lies in the future", async () => {
    await write(12);
    await checkpoint(5);
    await checkpoint(10);
    for (const [hinted, start] of [
      [5, 10],
      [7, 10],
      [999, 10],
      [10, 10],
    ] as const) {
      await table.put(lastCheckpointPath, JSON.stringify({ version: hinted, size: 1 }));
      const { segment } = await open();
      expect([segment.version, segment.checkpoint?.version]).toEqual([12, start]);
    }
  });

  it("at an older version starts from a checkpoint not after it", async () => {
    await write(12);
    await checkpoint(5);
    await checkpoint(10);
    for (const [version, start] of [
      [0, undefined],
      [4, undefined],
      [5, 5],
      [9, 5],
      [10, 10],
      [12, 10],
    ] as const) {
      const { segment } = await open({ version });
      expect([segment.version, segment.checkpoint?.version]).toEqual([version, start]);
    }
  });

  it("needs no commit when a checkpoint stands alone", async () => {
    await write(5);
    await checkpoint(5);
    await table.store.delete([0, 1, 2, 3, 4, 5].map(commitPath));
    const state = await open();
    expect([state.segment.version, state.segment.commits.length]).toEqual([5, 0]);
    expect((await refusal({ version: 4 })).message).toContain("Available are versions 5 to 5");
  });

  it("takes the newest protocol and metadata, each from where it stands", async () => {
    await write(2);
    await table.commit(
      3,
      metaData({
        fields: [
          ["id", "long"],
          ["name", "string"],
        ],
      }),
    );
    await checkpoint(3);
    await table.commit(4, { protocol: { minReaderVersion: 1, minWriterVersion: 4 } });
    const { configuration } = await open();
    expect(configuration.schema.fields.map((field) => field.name)).toEqual(["id", "name"]);
    expect(configuration.protocol.minWriterVersion).toBe(4);
  });
});

describe("a damaged log", () => {
  it("is read around a damaged checkpoint when the commits allow it, and that is said", async () => {
    await write(12);
    await checkpoint(10);
    await table.put(classicCheckpointPath(10), "this is not the checkpoint");
    const { segment } = await open();
    expect([segment.version, segment.checkpoint]).toEqual([12, undefined]);
    expect(table.warnings.join()).toContain(classicCheckpointPath(10));
  });

  it("is refused at a damaged checkpoint when the commits before it are gone", async () => {
    await write(12);
    await checkpoint(10);
    await table.put(classicCheckpointPath(10), "this is not the checkpoint");
    await table.store.delete([commitPath(0)]);
    const error = await refusal();
    expect(error.code).toBe("delta/corrupt-checkpoint");
    expect(error.message).toContain(classicCheckpointPath(10));
  });

  it("without protocol or metadata is refused, naming which", async () => {
    await table.commit(0, metaData());
    expect((await refusal()).message).toContain('"protocol"');
    await table.commit(0, protocol);
    expect((await refusal()).message).toContain('"metaData"');
  });

  it("with a gap is refused, naming the commit", async () => {
    await write(3);
    await table.store.delete([commitPath(1)]);
    expect(await refusal()).toMatchObject({ code: "delta/log-gap", context: { missing: commitPath(1) } });
  });

  it("whose newest commit needs an unknown feature still opens at an older version", async () => {
    await write(1);
    await table.commit(2, {
      protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ["quantumReads"], writerFeatures: ["quantumReads"] },
    });
    expect(await refusal()).toMatchObject({ code: "delta/unsupported-feature", context: { features: ["quantumReads"] } });
    expect((await open({ version: 1 })).segment.version).toBe(1);
  });
});

describe("no table", () => {
  it("at all is said to be nothing", async () => {
    expect((await refusal()).message).toContain("there is nothing at all");
  });

  it("in a folder of Parquet files says that it cannot be converted yet", async () => {
    await table.put("day=1/a.parquet", "");
    const error = await refusal();
    expect([error.code, error.message]).toEqual(["delta/not-a-table", expect.stringContaining("day=1/a.parquet")]);
  });

  it("with an empty log says so", async () => {
    await table.put("_delta_log/.s3-optimization-0", "");
    expect((await refusal()).message).toContain("holds no commit and no checkpoint");
  });
});

describe("time travel", () => {
  it("by version names the range that there is", async () => {
    await write(3);
    expect(await refusal({ version: 9 })).toMatchObject({
      code: "delta/no-such-version",
      context: { version: 9, earliest: 0, latest: 3 },
    });
  });

  it("by timestamp takes the newest version not later than it, by the times of the files", async () => {
    await write(3);
    const first = table.clockMs - 3000;
    for (const [ms, version] of [
      [0, 0],
      [999, 0],
      [1000, 1],
      [2500, 2],
      [3000, 3],
    ] as const) {
      expect((await open({ timestampMs: first + ms })).segment.version).toBe(version);
    }
    expect(await refusal({ timestampMs: first - 1 })).toMatchObject({
      code: "delta/timestamp-out-of-range",
      context: { earliest: { version: 0, timestampMs: first } },
    });
    expect(await refusal({ timestampMs: first + 3001 })).toMatchObject({
      code: "delta/timestamp-out-of-range",
      context: { latest: { version: 3, timestampMs: first + 3000 } },
    });
  });

  it("by timestamp does not go back before what can be rebuilt", async () => {
    await write(6);
    await checkpoint(4);
    await table.store.delete([commitPath(0), commitPath(1)]);
    const error = await refusal({ timestampMs: table.clockMs - 5000 });
    expect(error).toMatchObject({ code: "delta/timestamp-out-of-range", context: { earliest: { version: 4 } } });
  });

  it("by timestamp follows the times inside the commits where they are enabled", async () => {
    const features = { protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ["inCommitTimestamp"] } };
    const configuration = {
      "delta.enableInCommitTimestamps": "true",
      "delta.inCommitTimestampEnablementVersion": "2",
      "delta.inCommitTimestampEnablementTimestamp": String(table.clockMs + 50_000),
    };
    const start = table.clockMs;
    await write(1);
    for (let version = 2; version <= 8; version++) {
      const inCommitTimestamp = start + 50_000 + (version - 2) * 10_000;
      await table.commit(
        version,
        { commitInfo: { inCommitTimestamp } },
        ...(version === 2 ? [features, metaData({ configuration })] : []),
      );
    }
    expect((await open()).timestampMs).toBe(start + 110_000);
    const cases = [
      [1000, 0],
      [2000, 1],
      [30_000, 1],
      [50_000, 2],
      [59_999, 2],
      [60_000, 3],
      [99_000, 6],
      [110_000, 8],
    ] as const;
    for (const [ms, version] of cases) expect((await open({ timestampMs: start + ms })).segment.version, String(ms)).toBe(version);
    expect((await refusal({ timestampMs: start + 110_001 })).code).toBe("delta/timestamp-out-of-range");
  });
});
