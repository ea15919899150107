import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LakeError } from "../../../src/base/errors.js";
import { classicCheckpointPath, commitPath, multiPartCheckpointPath, parseLogPath } from "../../../src/delta/protocol/log-path.js";
import {
  extendSegment,
  rebased,
  reconstructableRange,
  selectSegment,
  type LogFile,
  type LogSegment,
} from "../../../src/delta/protocol/log-segment.js";

function listing(keys: readonly string[]): readonly LogFile[] {
  return [...keys].sort().flatMap((key) => {
    const name = parseLogPath(key);
    return name === undefined ? [] : [{ name, key, size: 1, modifiedMs: 0 }];
  });
}

const keys = (segment: LogSegment): readonly string[] =>
  [...(segment.checkpoint?.files ?? []), ...segment.commits].map((file) => file.key);

/** The code of the error, or the keys of the segment. */
function outcome(files: readonly LogFile[], target?: number): string | readonly string[] {
  try {
    return keys(selectSegment(files, target));
  } catch (error) {
    if (!(error instanceof LakeError)) throw error;
    return error.code;
  }
}

const uuid = "80a083e8-7026-4e79-81be-64bd76c43a11";
const uuidCheckpoint = (version: number): string => classicCheckpointPath(version).replace("checkpoint.", `checkpoint.${uuid}.`);

const anyLog = fc
  .record({
    commits: fc.uniqueArray(fc.nat({ max: 8 }), { maxLength: 9 }),
    classic: fc.uniqueArray(fc.nat({ max: 8 }), { maxLength: 2 }),
    uuids: fc.uniqueArray(fc.nat({ max: 8 }), { maxLength: 1 }),
    parts: fc.array(fc.tuple(fc.nat({ max: 8 }), fc.integer({ min: 1, max: 2 })), { maxLength: 4 }),
  })
  .map(({ commits, classic, uuids, parts }) =>
    listing([
      ...new Set([
        ...commits.map(commitPath),
        ...classic.map(classicCheckpointPath),
        ...uuids.map(uuidCheckpoint),
        ...parts.map(([v, part]) => multiPartCheckpointPath(v, part, 2)),
      ]),
    ]),
  );

/** By definition: every start, tried one after the other. */
function bruteForce(files: readonly LogFile[], target: number): readonly string[] | undefined {
  const has = (key: string): boolean => files.some((file) => file.key === key);
  for (let start = target; start >= -1; start--) {
    const forms =
      start < 0
        ? [[]]
        : [[uuidCheckpoint(start)], [classicCheckpointPath(start)], [1, 2].map((part) => multiPartCheckpointPath(start, part, 2))];
    const form = forms.find((candidate) => candidate.every(has));
    if (form === undefined) continue;
    const commits = Array.from({ length: target - start }, (_, at) => commitPath(start + 1 + at));
    // The newest checkpoint decides: an older one cannot fill a gap behind it.
    return commits.every(has) ? [...form, ...commits] : undefined;
  }
  return undefined;
}

describe("selectSegment", () => {
  it("finds what trying every start finds, and refuses the rest by name", () => {
    fc.assert(
      fc.property(anyLog, fc.nat({ max: 9 }), (files, target) => {
        const found = outcome(files, target);
        expect(typeof found === "string" ? undefined : found).toEqual(bruteForce(files, target));
        if (typeof found === "string") expect(found).toMatch(/^delta\/(not-a-table|no-such-version|log-gap|corrupt-checkpoint)$/);
      }),
      { numRuns: 500 },
    );
  });

  it("without a target takes the newest version", () => {
    fc.assert(
      fc.property(anyLog, (files) => {
        const range = reconstructableRange(files);
        const found = outcome(files);
        if (range !== undefined) expect(found).toEqual(outcome(files, range.latest));
        if (typeof found !== "string") expect(range?.latest).toBe(selectSegment(files).version);
      }),
    );
  });

  it("names a range in which every version can be rebuilt, and before which none of the same run can", () => {
    fc.assert(
      fc.property(anyLog, (files) => {
        const range = reconstructableRange(files);
        if (range === undefined) return;
        for (let version = range.earliest; version <= range.latest; version++) expect(typeof outcome(files, version)).toBe("object");
        if (range.earliest > 0)
          expect(
            typeof outcome(files, range.earliest - 1) === "object" && files.some((file) => file.key === commitPath(range.earliest)),
          ).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("ignores a checkpoint with a missing part when the commits lead around it", () => {
    const files = listing([commitPath(0), commitPath(1), multiPartCheckpointPath(1, 2, 2)]);
    expect(outcome(files)).toEqual([commitPath(0), commitPath(1)]);
  });

  it("names the missing part when nothing leads around it", () => {
    const files = listing([multiPartCheckpointPath(5, 2, 3), commitPath(5), commitPath(6)]);
    expect(() => selectSegment(files)).toThrow(multiPartCheckpointPath(5, 1, 3));
    expect(outcome(files)).toBe("delta/corrupt-checkpoint");
  });

  it("names the commit of a gap", () => {
    const files = listing([commitPath(0), commitPath(2)]);
    expect(() => selectSegment(files)).toThrow(commitPath(1));
    expect(outcome(files)).toBe("delta/log-gap");
  });

  it("names the versions there are", () => {
    const files = listing([classicCheckpointPath(3), commitPath(3), commitPath(4)]);
    expect(() => selectSegment(files, 9)).toThrow("Available are versions 3 to 4");
    expect(() => selectSegment(files, 1)).toThrow("Available are versions 3 to 4");
    expect(outcome(listing([]))).toBe("delta/not-a-table");
  });
});

describe("a segment that goes on", () => {
  it("is the segment that a full listing gives, but for an older start", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 4 }),
        fc.option(fc.nat({ max: 10 }), { nil: undefined }),
        (known, more, checkpoint) => {
          const commits = Array.from({ length: known + more + 1 }, (_, version) => commitPath(version));
          const all = listing(
            checkpoint === undefined || checkpoint > known + more ? commits : [...commits, classicCheckpointPath(checkpoint)],
          );
          const first = selectSegment(all.filter((file) => "version" in file.name && file.name.version <= known));
          const newer = all.filter((file) => "version" in file.name && file.name.version > known);
          const grown = rebased(extendSegment(first, newer), newer);
          expect(keys(grown)).toEqual(keys(selectSegment(all)));
          expect(grown.tip?.key).toBe(commitPath(known + more));
        },
      ),
    );
  });

  it("refuses a gap", () => {
    const first = selectSegment(listing([commitPath(0)]));
    expect(() => extendSegment(first, listing([commitPath(2)]))).toThrow(commitPath(1));
  });
});
