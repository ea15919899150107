import { LakeError } from "../base/errors.js";
import type { Bounds, ColumnBounds } from "../expression/bounds.js";
import type { Value } from "../schema/value.js";
import type { DataFile, RowDeletes } from "../table/data-file.js";
import type { AddFile, DeletionVectorDescriptor, PartitionValues } from "./protocol/actions.js";
import { corruptLog, type Place } from "./protocol/action-fields.js";
import { decodeDataPath } from "./protocol/decode-data-path.js";
import { decodePartitionValue } from "./protocol/partition-value.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";
import { rowDeletesOf } from "./row-deletes.js";

/** An `add` wherever it lies: an object of a commit, or a row of a checkpoint. Each call decodes afresh. */
export interface AddSource {
  path(): string;
  size(): number;
  partitionValues(): PartitionValues;
  /** The statistics, typed by the table's data columns. */
  stats(): Bounds;
  deletionVector(): DeletionVectorDescriptor | undefined;
  /** The whole action, as far as it was read. */
  action(): AddFile;
}

/** What every file of one snapshot is seen through. */
export interface FileLens {
  readonly configuration: TableConfiguration;
  readonly rootUrl: string;
  /** For messages. */
  readonly place: Place;
}

/** A live file as the table vocabulary wants it: decoded on first use. */
class DeltaDataFile implements DataFile {
  readonly #source: AddSource;
  readonly #lens: FileLens;
  #path: string | undefined;
  #partition: ReadonlyMap<string, Value> | undefined;
  #bounds: Bounds | undefined;

  constructor(source: AddSource, lens: FileLens) {
    this.#source = source;
    this.#lens = lens;
  }

  get path(): string {
    return (this.#path ??= decodeDataPath(this.#source.path(), this.#lens.rootUrl, this.#lens.place));
  }
  get size(): number {
    return this.#source.size();
  }
  get rowCount(): number | undefined {
    return this.bounds.rowCount;
  }
  get partition(): ReadonlyMap<string, Value> {
    return (this.#partition ??= partitionOf(this.#source, this.#lens));
  }
  get bounds(): Bounds {
    return (this.#bounds ??= boundsOf(this.#source.stats(), () => this.partition));
  }
  get rowDeletes(): RowDeletes | undefined {
    return rowDeletesOf(this.#source.deletionVector(), this.#lens.place);
  }
  get origin(): AddSource {
    return this.#source;
  }
}

export function dataFileOf(source: AddSource, lens: FileLens): DataFile {
  return new DeltaDataFile(source, lens);
}

/** The `add` that a file of a Delta snapshot stands for. */
export function addOf(file: DataFile): AddFile {
  if (file instanceof DeltaDataFile) return file.origin.action();
  throw new LakeError("internal/assertion", `This is a bug in laketable: ${file.path} is no file of a Delta snapshot.`);
}

/** @throws delta/corrupt-log  a value is missing, or is none of its column */
export function partitionOf(
  source: Pick<AddSource, "path" | "partitionValues">,
  { configuration, place }: Pick<FileLens, "configuration" | "place">,
): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  const texts = configuration.partitionFields.length === 0 ? noTexts : source.partitionValues();
  for (const [at, field] of configuration.partitionFields.entries()) {
    const column = configuration.files.partitionKeys[at] ?? field.name;
    values.set(field.name, decodePartitionValue(partitionText(texts, column, source, place), field.type, column, place));
  }
  return values;
}

const noTexts: PartitionValues = new Map();

/** @throws delta/corrupt-log  the file says nothing of the column; null would be a guess */
export function partitionText(texts: PartitionValues, column: string, source: Pick<AddSource, "path">, place: Place): string | null {
  const text = texts.get(column);
  if (text === undefined) throw noPartitionValue(source.path(), column, place);
  return text;
}

export function noPartitionValue(path: string | undefined, column: string, place: Place): LakeError {
  return corruptLog(
    place,
    `the file ${path === undefined ? 'of an "add"' : `"${path}"`} has no partition value for the column \`${column}\``,
  );
}

/** Statistics and partition values together: a partition column has its one value from end to end. */
export function boundsOf(stats: Bounds, partition: () => ReadonlyMap<string, Value>): Bounds {
  return {
    get rowCount() {
      return stats.rowCount;
    },
    column(path) {
      const name = path[0];
      const value = path.length === 1 && name !== undefined ? partition().get(name) : undefined;
      return value === undefined ? stats.column(path) : constantBounds(value, stats.rowCount);
    },
  };
}

export function constantBounds(value: Value, rowCount: number | undefined): ColumnBounds {
  if (value !== null) return { min: value, max: value, nullCount: 0, exact: true };
  return rowCount === undefined ? {} : { nullCount: rowCount };
}
