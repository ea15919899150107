import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LakeError } from "../../src/base/errors.js";
import { systemHost, type Host } from "../../src/base/host.js";
import { publish, type Outcome } from "../../src/delta/commit-loop.js";
import { createDeltaContext, type DeltaContext } from "../../src/delta/delta-context.js";
import type { CommitActions } from "../../src/delta/protocol/actions.js";
import { encodeCommit } from "../../src/delta/protocol/commit-encode.js";
import { decodeCommit } from "../../src/delta/protocol/decode-commit.js";
import { commitPath } from "../../src/delta/protocol/log-path.js";
import { createInlineCodec } from "../../src/parquet/codec/codec-inline.js";
import { createMemoryStore } from "../../src/storage/memory-store.js";
import type { ObjectStore } from "../../src/storage/object-store.js";
import { createCountingStore } from "../doubles/counting-store.js";
import { createFaultyStore, type Fault, type FaultyStore } from "../doubles/faulty-store.js";

const codec = createInlineCodec();
/** Waits are turns of the event loop: nothing depends on time. */
const host: Host = { ...systemHost, now: () => 1000, sleep: () => systemHost.yieldTurn() };

const contextOn = (store: ObjectStore): DeltaContext => createDeltaContext({ store, host, codec });
const actionsOf = (txnId: string): CommitActions => ({
  commitInfo: { timestamp: 1, operation: "WRITE", txnId },
  txns: [],
  domains: [],
  adds: [{ path: `${txnId}.parquet`, partitionValues: new Map(), size: 1, modificationTime: 1, dataChange: true }],
  removes: [],
  cdcs: [],
});

interface Options {
  readonly version?: number;
  readonly attemptsMax?: number;
  readonly judge?: (version: number) => void;
  readonly signal?: AbortSignal;
}

function commit(store: ObjectStore, txnId: string, options: Options = {}): Promise<Outcome> {
  const { version = 0, attemptsMax = 20, judge, signal } = options;
  return publish(contextOn(store), {
    txnId,
    version,
    attemptsMax,
    signal,
    actions: () => actionsOf(txnId),
    judge: async (rivals) => {
      for (const { file } of rivals) if ("version" in file.name) judge?.(file.name.version);
      return "follow";
    },
  });
}

async function logOf(store: ObjectStore): Promise<readonly (string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  for await (const { key } of store.list({ prefix: "_delta_log/" })) {
    expect(key).toBe(commitPath(ids.length));
    ids.push(decodeCommit(await store.get(key), key).commitInfo?.txnId);
  }
  return ids;
}

async function failureOf(run: Promise<unknown>): Promise<LakeError> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof LakeError) return error;
  throw new Error(`expected a LakeError, got ${String(error)}`);
}

const faulty = (...faults: readonly Fault[]): FaultyStore => {
  const store = createFaultyStore(createMemoryStore());
  for (const fault of faults) store.inject(fault);
  return store;
};

const put = "putIfAbsent" as const;

describe("publish", () => {
  test("the first free version is taken, and the file's time is the store's", async () => {
    const store = createMemoryStore({ now: () => 77_000 });
    const { version, attempts, files } = await commit(store, "a");
    expect({ version, attempts }).toEqual({ version: 0, attempts: 1 });
    expect(files).toMatchObject([{ key: commitPath(0), modifiedMs: 77_000 }]);
  });

  test("rivals are judged in order, all of them before the next attempt", async () => {
    const store = createMemoryStore();
    for (let version = 0; version < 40; version++) await commit(store, `r${version}`, { version });
    const judged: number[] = [];
    const { version, attempts, files } = await commit(store, "mine", { version: 3, judge: (each) => judged.push(each) });
    expect({ version, attempts }).toEqual({ version: 40, attempts: 3 });
    expect(judged).toEqual(Array.from({ length: 37 }, (_, at) => at + 3));
    expect(files.map(({ key }) => key)).toEqual([...judged, 40].map(commitPath));
  });

  test("a rival that may not be followed ends it with nothing written", async () => {
    const store = createMemoryStore();
    await commit(store, "rival");
    const refusal = new LakeError("delta/conflict", "no");
    const error = await failureOf(
      commit(store, "mine", {
        judge: () => {
          throw refusal;
        },
      }),
    );
    expect(error).toBe(refusal);
    expect(await logOf(store)).toEqual(["rival"]);
  });

  test.each<[string, Fault]>([
    ["lost and the store says so", { effect: { kind: "lose-reply" }, operation: put }],
    ["lost and a retry below says that it exists", { effect: { kind: "echo" }, operation: put }],
  ])("a commit whose reply was %s is found to be ours: no conflict, no second commit", async (_, fault) => {
    const store = faulty(fault);
    const { version } = await commit(store, "mine", { judge: () => expect.unreachable("our own commit is no rival") });
    expect(version).toBe(0);
    expect(await logOf(store)).toEqual(["mine"]);
  });

  test("a put that failed before it did anything is tried again under the same version", async () => {
    const store = faulty({ effect: { kind: "fail-before" }, operation: put, times: 3 });
    const { version, attempts } = await commit(store, "mine");
    expect({ version, attempts }).toEqual({ version: 0, attempts: 4 });
    expect(await logOf(store)).toEqual(["mine"]);
  });

  test.each(["storage/no-space", "storage/permission-denied"] as const)(
    "a put that was refused (%s) is no commit, and says so at once",
    async (code) => {
      const store = faulty({ effect: { kind: "fail-before", code }, operation: put });
      expect((await failureOf(commit(store, "mine"))).code).toBe(code);
      expect(await logOf(store)).toEqual([]);
    },
  );

  test("a refusal after a put of unknown outcome leaves the outcome unknown", async () => {
    const store = faulty(
      { effect: { kind: "fail-before" }, operation: put },
      { effect: { kind: "fail-before", code: "storage/permission-denied" }, operation: put, times: 100 },
      { effect: { kind: "fail-before", code: "storage/permission-denied" }, operation: "list", skip: 1, times: 100 },
    );
    expect((await failureOf(commit(store, "mine"))).code).toBe("delta/commit-unknown");
  });

  test("when the log cannot be read back the outcome is unknown, and the error says how to find out", async () => {
    const store = faulty(
      { effect: { kind: "lose-reply" }, operation: put },
      { effect: { kind: "fail-before" }, operation: ["list", "get", "head"], times: 100 },
    );
    const error = await failureOf(commit(store, "mine"));
    expect(error.code).toBe("delta/commit-unknown");
    expect(error.context).toMatchObject({ version: 0, txnId: "mine" });
    expect(error.message).toMatch(/history.*mine.*run the operation again/s);
    store.heal();
    expect(await logOf(store)).toEqual(["mine"]);
  });

  test("a log that cannot be read back at first is read again before anything is called unknown", async () => {
    for (const effect of [{ kind: "lose-reply" }, { kind: "echo" }] as const) {
      const store = faulty(
        { effect, operation: put },
        { effect: { kind: "fail-before" }, operation: ["list", "get"], times: 4 },
        { effect: { kind: "truncate", keepBytes: 9 }, operation: "get" },
      );
      await expect(commit(store, "mine")).resolves.toMatchObject({ kind: "published", version: 0 });
      expect(await logOf(store)).toEqual(["mine"]);
    }
  });

  test("a commit that is not wanted any more ends without being published", async () => {
    const store = createMemoryStore();
    for (let version = 0; version < 3; version++) await commit(store, `r${version}`, { version });
    const judged: number[] = [];
    const outcome = await publish(contextOn(store), {
      txnId: "mine",
      version: 1,
      attemptsMax: 5,
      looksAhead: true,
      actions: () => actionsOf("mine"),
      judge: async (rivals) => {
        judged.push(rivals.length);
        return "stop";
      },
    });
    expect(outcome).toMatchObject({ kind: "stopped", version: 2, attempts: 1, tip: { key: commitPath(2) } });
    expect([judged, await logOf(store)]).toEqual([[2], ["r0", "r1", "r2"]]);
  });

  test("each attempt reads the rivals that are new, and nothing else", async () => {
    const store = createCountingStore(createMemoryStore());
    for (let version = 0; version < 30; version++) await commit(store, `r${version}`, { version });
    store.reset();
    let late = 0;
    const racing: ObjectStore = {
      ...store,
      putIfAbsent: async (key, bytes, options) => {
        if (late < 3 && key === commitPath(30 + late)) await store.putIfAbsent(key, encodeCommit(actionsOf(`late${late++}`)));
        return store.putIfAbsent(key, bytes, options);
      },
    };
    expect(await commit(racing, "mine", { version: 27 })).toMatchObject({ version: 33, attempts: 6 });
    const asked = (operation: string) => store.requests.filter((request) => request.operation === operation).length;
    // The first rival by its name, the others by listings of what is new; a look at the time of each that was not listed.
    expect({ get: asked("get"), list: asked("list"), head: asked("head") }).toEqual({ get: 6, list: 4, head: 2 });
  });

  test("one rival costs one read and a look at its time", async () => {
    const store = createCountingStore(createMemoryStore());
    await commit(store, "rival");
    store.reset();
    await commit(store, "mine");
    expect(store.requests.map(({ operation }) => operation)).toEqual(["putIfAbsent", "head", "get", "putIfAbsent", "head"]);
  });

  test("a rival that cannot be read might be ourselves: unknown", async () => {
    const store = faulty({ effect: { kind: "fail-before" }, operation: "get", times: 100 });
    await commit(store, "rival");
    expect((await failureOf(commit(store, "mine"))).code).toBe("delta/commit-unknown");
  });

  test("a put that never gets through ends unknown: it may still take effect", async () => {
    const store = faulty({ effect: { kind: "fail-before" }, operation: put, times: 100 });
    const error = await failureOf(commit(store, "mine", { attemptsMax: 3 }));
    expect(error.code).toBe("delta/commit-unknown");
  });

  test("a damaged rival is named, and is not ours", async () => {
    const store = createMemoryStore();
    await store.put(commitPath(0), new TextEncoder().encode('{"commitInfo":'));
    expect((await failureOf(commit(store, "mine"))).code).toBe("delta/corrupt-log");
  });

  test("attempts are bounded, and the last word is a conflict with nothing changed", async () => {
    const store = createMemoryStore();
    let rivals = 0;
    const always: ObjectStore = {
      ...store,
      putIfAbsent: async (key, bytes, options) => {
        if (new TextDecoder().decode(bytes).includes("mine"))
          await store.putIfAbsent(key, new TextEncoder().encode(`{"commitInfo":{"txnId":"r${rivals++}"}}\n`));
        return store.putIfAbsent(key, bytes, options);
      },
    };
    const error = await failureOf(commit(always, "mine", { attemptsMax: 4 }));
    expect(error).toMatchObject({ code: "delta/conflict", context: { rule: "attempts-exhausted", attempts: 4 } });
    expect(await logOf(store)).toEqual(["r0", "r1", "r2", "r3"]);
  });

  test("an abort before the first put writes nothing; one while the outcome is open waits for the answer", async () => {
    const aborted = AbortSignal.abort();
    const store = createMemoryStore();
    expect((await failureOf(commit(store, "mine", { signal: aborted }))).code).toBe("usage/aborted");
    expect(await logOf(store)).toEqual([]);

    const stop = new AbortController();
    const slow = createFaultyStore(createMemoryStore());
    slow.inject({
      operation: put,
      effect: {
        kind: "delay",
        until: async () => {
          stop.abort();
        },
      },
    });
    await expect(commit(slow, "mine", { signal: stop.signal })).resolves.toMatchObject({ version: 0 });
  });

  test("a commit whose time cannot be read is still a commit", async () => {
    const store = faulty({ effect: { kind: "fail-before" }, operation: "head" });
    await expect(commit(store, "mine")).resolves.toMatchObject({ version: 0, files: [{ modifiedMs: 1000 }] });
  });

  const fault = fc.record<Fault>({
    operation: fc.constantFrom("putIfAbsent" as const, "putIfAbsent" as const, "list" as const, "get" as const, "head" as const),
    effect: fc.constantFrom(
      { kind: "lose-reply" } as const,
      { kind: "fail-before" } as const,
      { kind: "echo" } as const,
      { kind: "delay", until: () => systemHost.yieldTurn() } as const,
      { kind: "fail-before", code: "storage/no-space" } as const,
    ),
    skip: fc.nat({ max: 6 }),
    times: fc.integer({ min: 1, max: 5 }),
  });

  test("writers under faults: versions have no gap, what was acknowledged is there once, what was refused is not there", async () => {
    const seen = { acknowledged: 0, unknown: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fault, { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        async (faultsOfWriters, commitsEach) => {
          const shared = createMemoryStore();
          const outcomes = new Map<string, number | "unknown" | "refused">();
          const writer = async (faults: readonly Fault[], id: number): Promise<void> => {
            const store = createFaultyStore(shared);
            for (const each of faults) store.inject(each);
            let next = 0;
            for (let at = 0; at < commitsEach; at++) {
              const txnId = `${id}/${at}`;
              try {
                const { version } = await commit(store, txnId, { version: next, attemptsMax: 4 });
                outcomes.set(txnId, version);
                next = version + 1;
              } catch (error) {
                outcomes.set(txnId, LakeError.is(error, "delta/commit-unknown") ? "unknown" : "refused");
              }
            }
          };
          await Promise.all(faultsOfWriters.map(writer));
          const log = await logOf(shared);
          for (const [txnId, outcome] of outcomes) {
            const places = log.flatMap((id, version) => (id === txnId ? [version] : []));
            if (outcome === "refused") expect(places).toEqual([]);
            else if (outcome === "unknown") expect(places.length).toBeLessThanOrEqual(1);
            else expect(places).toEqual([outcome]);
            seen[typeof outcome === "number" ? "acknowledged" : outcome]++;
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(Math.min(seen.acknowledged, seen.unknown, seen.refused)).toBeGreaterThan(10);
  });
});
