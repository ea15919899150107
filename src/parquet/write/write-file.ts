import type { RecordBatch, Schema } from "apache-arrow";
import { throwIfAborted } from "../../base/abort.js";
import { assert } from "../../base/assert.js";
import { LakeError } from "../../base/errors.js";
import type { MemoryBudget, MemoryLease } from "../../base/memory.js";
import { batchBytes, batchOf, columnsOf } from "../../columnar/batch.js";
import { sliceBatch } from "../../columnar/slice.js";
import type { Bounds } from "../../expression/bounds.js";
import type { StructType } from "../../schema/types.js";
import type { ObjectWriter } from "../../storage/object-store.js";
import type { Compression, ParquetCodec } from "../codec/codec.js";
import { plainColumns } from "./encode-dictionary.js";
import type { EncodedGroup } from "../metadata/encoded-file.js";
import type { FileMetadata } from "../metadata/file-metadata.js";
import { spliceFile } from "./encode-splice.js";
import { collectBounds, type KeptNotes } from "./file-bounds.js";
import { schemaTree } from "../metadata/schema-tree.js";
import { assertStorable, writeSchema } from "./write-schema.js";

export interface ParquetWriterOptions {
  /** Where the bytes go, in order. Closed by `close`, aborted by `abort`. */
  readonly sink: ObjectWriter;
  /** For messages. */
  readonly path: string;
  /** As the file has it: physical names, field ids in the fields' metadata (see `writeSchema`). */
  readonly schema: StructType;
  readonly compression: Compression;
  readonly formatVersion: "1.0" | "2.0";
  /** Bytes of rows in memory that make a row group. Default: `DEFAULT_ROW_GROUP_BYTES`. */
  readonly targetRowGroupBytes?: number | undefined;
  readonly codec: ParquetCodec;
  readonly memory: MemoryBudget;
  readonly signal?: AbortSignal | undefined;
}

export interface ParquetFileWriter {
  /** Encoded bytes so far; those of rows that still wait or are being encoded are estimated. */
  readonly bytesWritten: number;
  /** Bytes of rows that wait for their row group to be full. */
  readonly bufferedBytes: number;
  /** Takes rows, columns in the schema's order. Waits while more row groups are under way than the codec encodes at once and one. */
  write(batch: RecordBatch): Promise<void>;
  /** Takes a row group that is encoded already, and waits until the sink has it. Rows that wait for theirs to be full go on waiting. */
  writeGroup(group: KeptGroup): Promise<void>;
  /** Ends the row group that is being filled, however small. */
  flush(): Promise<void>;
  /** Writes the rest and publishes the file. */
  close(): Promise<WrittenParquet>;
  /** Drops the file. Never throws. */
  abort(): Promise<void>;
}

/** A row group taken over from another file, under a schema that says the same. */
export interface KeptGroup extends EncodedGroup {
  /** A footer as the encoder makes it for the schema of this file. */
  readonly like: FileMetadata;
  readonly notes: KeptNotes;
}

export interface WrittenParquet {
  /** Bytes. */
  readonly size: number;
  readonly rowCount: number;
  /** By the schema's names. */
  readonly bounds: Bounds;
  readonly modifiedMs: number;
}

/**
 * Half of this or less when encoded. Encoding takes nearly three times as much wasm memory, decoding two and a half times: a
 * worker with the smallest share keeps within it. Larger row groups make files no smaller and encoding slower.
 */
export const DEFAULT_ROW_GROUP_BYTES = 32 * 1024 * 1024;

/** A guess for the first row group; afterwards the file's own ratio is known. */
const ENCODED_SHARE = 0.5;

/**
 * Writes one Parquet file, row group by row group: while one is filled, others are encoded (as many as the codec has
 * workers, and one that waits for them) and their bytes go to the sink in order.
 *
 * Calls are made one after the other. After an error only `abort` makes sense.
 *
 * @throws parquet/unsupported  a type that Parquet cannot store
 */
export function createParquetWriter(options: ParquetWriterOptions): ParquetFileWriter {
  return new FileWriter(options);
}

/** A footer as the encoder makes it for a schema: what row groups of other files are held against before they are taken over. */
export async function footerLike(
  options: Pick<ParquetWriterOptions, "codec" | "path" | "schema" | "compression" | "formatVersion" | "signal">,
): Promise<FileMetadata> {
  const { codec, path, compression, formatVersion, signal } = options;
  const empty = { path, schema: writeSchema(options.schema), compression, formatVersion, plainColumns: [], signal };
  return (await codec.encode([], empty)).footer;
}

class FileWriter implements ParquetFileWriter {
  readonly #options: ParquetWriterOptions;
  readonly #schema: Schema;
  readonly #targetBytes: number;
  readonly #file: ReturnType<typeof spliceFile>;
  readonly #bounds: ReturnType<typeof collectBounds>;
  #plainColumns: readonly string[] | undefined;

  #waiting: RecordBatch[] = [];
  #waitingBytes = 0;
  /** Row groups handed to the codec whose bytes the sink does not have yet, oldest first. */
  readonly #underWay: Promise<void>[] = [];
  #underWayBytes = 0;
  #encodedFrom = 0;
  #failure: unknown;
  #state: "open" | "closed" | "aborted" = "open";

  constructor(options: ParquetWriterOptions) {
    this.#options = options;
    this.#schema = writeSchema(options.schema);
    this.#targetBytes = options.targetRowGroupBytes ?? DEFAULT_ROW_GROUP_BYTES;
    this.#file = spliceFile();
    this.#bounds = collectBounds(options.schema);
  }

  get bytesWritten(): number {
    const share = this.#encodedFrom === 0 ? ENCODED_SHARE : this.#file.size / this.#encodedFrom;
    return this.#file.size + Math.round((this.#underWayBytes + this.#waitingBytes) * share);
  }

  get bufferedBytes(): number {
    return this.#waitingBytes;
  }

  async write(batch: RecordBatch): Promise<void> {
    this.#assertOpen();
    if (batch.numRows === 0) return;
    assertStorable(this.#schema, columnsOf(batch));
    const rows = batchOf(this.#schema, columnsOf(batch), batch.numRows);
    this.#bounds.observe(rows);
    let rest = rows;
    for (let bytes = batchBytes(rest); rest.numRows > 0; bytes = batchBytes(rest)) {
      const room = this.#targetBytes - this.#waitingBytes;
      // A little over the target is better than a row group and a few rows.
      const fitting =
        bytes <= room * 1.25 ? rest.numRows : Math.min(rest.numRows, Math.max(1, Math.floor((rest.numRows * room) / bytes)));
      const part = sliceBatch(rest, 0, fitting);
      this.#waiting.push(part);
      this.#waitingBytes += fitting === rest.numRows ? bytes : batchBytes(part);
      if (this.#waitingBytes >= this.#targetBytes * 0.98) await this.flush();
      rest = sliceBatch(rest, fitting, rest.numRows);
    }
  }

  async writeGroup(group: KeptGroup): Promise<void> {
    this.#assertOpen();
    this.#bounds.observeKept(group.notes);
    const bytes = group.chunks.reduce((sum, { metadata }) => sum + metadata.compressedSize, 0);
    this.#underWayBytes += bytes;
    await this.#queue(bytes, undefined, () => Promise.resolve(this.#file.add({ footer: group.like, groups: [group] })));
    this.#assertOpen();
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    if (this.#waiting.length === 0) return;
    const { codec } = this.#options;
    const batches = this.#waiting;
    const bytes = this.#waitingBytes;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#underWayBytes += bytes;
    await this.#encode(batches, bytes);
    while (this.#underWay.length > codec.parallelism) await this.#underWay[0];
    this.#assertOpen();
  }

  async close(): Promise<WrittenParquet> {
    await this.flush();
    if (this.#file.size === 0 && this.#underWay.length === 0) await this.#encode([], 0);
    await Promise.all(this.#underWay);
    this.#assertOpen();
    const { sink, path } = this.#options;
    const rowCount = this.#file.rowGroups.reduce((sum, group) => sum + group.rowCount, 0);
    const { parts, metadata } = this.#file.finish();
    for (const part of parts) await sink.write(part);
    const { size, modifiedMs } = await sink.close();
    this.#state = "closed";
    assert(size === this.#file.size, `${path} has the ${this.#file.size} bytes that were written, not ${size}`);
    return { size, rowCount, bounds: this.#bounds.bounds(schemaTree(metadata.schema, path), metadata.rowGroups), modifiedMs };
  }

  async abort(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "aborted";
    this.#waiting = [];
    this.#waitingBytes = 0;
    await Promise.all(this.#underWay);
    await this.#options.sink.abort();
  }

  /** Starts encoding one row group. What follows happens in order: each waits for the one before it. */
  async #encode(batches: readonly RecordBatch[], bytes: number): Promise<void> {
    const { codec, path, compression, formatVersion, signal } = this.#options;
    this.#plainColumns ??= plainColumns(batches);
    const lease = await this.#reserve(bytes);
    const encoded = codec.encode(batches, {
      path,
      schema: this.#schema,
      compression,
      formatVersion,
      plainColumns: this.#plainColumns,
      signal,
    });
    // Until its turn comes a failure has nobody to tell.
    encoded.catch(() => {});
    void this.#queue(bytes, lease, async () => this.#file.add(await encoded));
  }

  /** Lets the parts that `place` gives follow all that is under way. */
  #queue(bytes: number, lease: MemoryLease | undefined, place: () => Promise<readonly Uint8Array[]>): Promise<void> {
    const before = this.#underWay.at(-1);
    const done: Promise<void> = this.#append(before, place, bytes).finally(() => {
      lease?.release();
      this.#underWay.splice(this.#underWay.indexOf(done), 1);
      this.#underWayBytes -= bytes;
    });
    this.#underWay.push(done);
    return done;
  }

  /**
   * Memory for the rows once more on their way to the encoder, and for what comes back. One row group goes ahead without: the
   * budget may be held by whoever waits for this very writer.
   */
  async #reserve(bytes: number): Promise<MemoryLease | undefined> {
    const wanted = Math.max(1, Math.round(bytes * (1 + ENCODED_SHARE)));
    for (;;) {
      const lease = this.#options.memory.tryReserve(wanted);
      const [oldest] = this.#underWay;
      if (lease !== undefined || oldest === undefined) return lease;
      await oldest;
    }
  }

  /** Never rejects: the first failure is kept for the next call. */
  async #append(before: Promise<void> | undefined, place: () => Promise<readonly Uint8Array[]>, bytes: number): Promise<void> {
    try {
      await before;
      if (this.#state !== "open" || this.#failure !== undefined) return;
      const parts = await place();
      throwIfAborted(this.#options.signal);
      for (const part of parts) await this.#options.sink.write(part);
      this.#encodedFrom += bytes;
    } catch (error) {
      this.#failure ??= error;
    }
  }

  #assertOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#state !== "open") {
      throw new LakeError(
        "internal/assertion",
        `This is a bug in laketable: ${this.#options.path} is written after it was ${this.#state}.`,
      );
    }
  }
}
