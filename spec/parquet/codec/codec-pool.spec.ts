import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPooledCodec } from "../../../src/parquet/codec/codec-pool.js";
import { fileOf } from "../../../src/parquet/write/encode-splice.js";
import type { ParquetCodec } from "../../../src/parquet/codec/codec.js";
import { codecContract, sampleBatch, sampleSchema, trappingFile } from "../../contracts/codec-contract.js";

const GIB = 2 ** 30;

codecContract("the pooled codec", () => createPooledCodec({ workers: 2, memoryLimitBytes: GIB }));
codecContract("the pooled codec of no workers", () => createPooledCodec({ workers: 0, memoryLimitBytes: GIB }));

describe("the pool", () => {
  /** Every worker started since the test began. */
  let started: Worker[];
  let codec: ParquetCodec | undefined;
  const onWorker = (worker: Worker): void => void started.push(worker);

  beforeEach(() => {
    started = [];
    process.on("worker", onWorker);
  });
  afterEach(async () => {
    process.off("worker", onWorker);
    await codec?.close();
  });

  const make = (options: Parameters<typeof createPooledCodec>[0]): ParquetCodec => (codec = createPooledCodec(options));
  const encode = async (rows: number): Promise<Uint8Array<ArrayBuffer>> =>
    fileOf(
      await (codec as ParquetCodec).encode([sampleBatch(rows)], {
        path: "p",
        schema: sampleSchema,
        compression: "snappy",
        formatVersion: "1.0",
        plainColumns: ["id"],
      }),
    );
  const decode = (file: Uint8Array): Promise<unknown> => (codec as ParquetCodec).decode(file, { path: "p.parquet", batchRows: 1 << 20 });

  test("starts workers when there are jobs for them, and keeps them", async () => {
    make({ workers: 3, memoryLimitBytes: GIB });
    await Promise.resolve();
    expect(started).toHaveLength(0);
    const file = await encode(10);
    expect(started).toHaveLength(1);
    await Promise.all(Array.from({ length: 9 }, () => decode(file.slice())));
    expect(started).toHaveLength(3);
    await Promise.all(Array.from({ length: 9 }, () => decode(file.slice())));
    expect(started).toHaveLength(3);
  });

  test("has as many workers as the budget gives a useful share", () => {
    expect(make({ workers: 8, memoryLimitBytes: GIB }).parallelism).toBe(8);
    expect(make({ workers: 8, memoryLimitBytes: 300 * 2 ** 20 }).parallelism).toBe(3);
    expect(make({ workers: 8, memoryLimitBytes: 2 ** 20 }).parallelism).toBe(1);
    expect(make({ workers: 0, memoryLimitBytes: GIB }).parallelism).toBe(1);
  });

  test("replaces a worker whose memory has outgrown its share", async () => {
    make({ workers: 1, memoryLimitBytes: 12 * 2 ** 20 });
    const small = await encode(10);
    await decode(small.slice());
    expect(started).toHaveLength(1);
    const large = await encode(200_000);
    await decode(large);
    await decode(small.slice());
    expect(started.length).toBeGreaterThan(1);
    const now = started.length;
    await decode(small.slice());
    expect(started).toHaveLength(now);
  });

  test("replaces a worker that trapped; jobs that waited are done", async () => {
    make({ workers: 1, memoryLimitBytes: GIB });
    const file = await encode(10);
    const settled = await Promise.allSettled([
      decode(trappingFile(file.slice())),
      decode(file.slice()),
      decode(trappingFile(file.slice())),
      decode(file.slice()),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "fulfilled"]);
    expect(settled[0]).toMatchObject({ reason: { code: "parquet/corrupt", context: { reason: "unreachable" } } });
    expect(started).toHaveLength(3);
  });

  test("a worker killed in the middle of a job fails that job alone", async () => {
    make({ workers: 1, memoryLimitBytes: GIB });
    const large = await encode(300_000);
    const small = await encode(10);
    const killed = decode(large);
    const waiting = [decode(small.slice()), decode(small.slice())];
    await new Promise((resolve) => setTimeout(resolve, 5));
    await started[0]?.terminate();
    await expect(killed).rejects.toMatchObject({ code: "parquet/codec", context: { path: "p.parquet" } });
    await Promise.all(waiting);
    expect(started).toHaveLength(2);
  });

  test("a worker killed while idle is not missed", async () => {
    make({ workers: 1, memoryLimitBytes: GIB });
    const file = await encode(10);
    await started[0]?.terminate();
    await decode(file);
    expect(started).toHaveLength(2);
  });

  test("bytes given away twice are refused, and the worker serves the next job", async () => {
    make({ workers: 1, memoryLimitBytes: GIB });
    const file = await encode(10);
    const copy = file.slice();
    const twice = await Promise.allSettled([decode(file), decode(file)]);
    expect(twice.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    await decode(copy);
    expect(started).toHaveLength(1);
  });

  test("idle workers do not keep the process alive", async () => {
    const folder = await mkdtemp(join(tmpdir(), "laketable-pool-"));
    try {
      const dist = new URL("../../../dist/parquet/codec/codec-pool.js", import.meta.url).href;
      await writeFile(
        join(folder, "idle.mjs"),
        `import { createPooledCodec } from ${JSON.stringify(dist)};
         const codec = createPooledCodec({ workers: 2, memoryLimitBytes: 2 ** 30 });
         await codec.decode(new Uint8Array(100), { path: "p", batchRows: 1 }).catch((error) => console.log(error.code));`,
      );
      const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "idle.mjs")], { timeout: 20_000 });
      expect(stdout.trim()).toBe("parquet/corrupt");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
