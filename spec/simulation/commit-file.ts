import { parquetReadObjects } from "hyparquet";
import type { ObjectStore } from "../../src/storage/object-store.js";
import type { Row } from "./operations.js";
import { Violation } from "./violation.js";

/** A version as its file tells it, read without the engine. */
export interface CommitFile {
  /** `userMetadata`: who made it. */
  readonly statement: string | undefined;
  readonly readVersion: number | undefined;
  readonly adds: readonly AddedFile[];
  readonly removes: readonly string[];
}

export interface AddedFile {
  readonly path: string;
  readonly size: number;
  readonly numRecords: number | undefined;
  readonly partition: Readonly<Record<string, string | null>>;
}

interface Action {
  readonly commitInfo?: { readonly userMetadata?: string; readonly readVersion?: number };
  readonly add?: {
    readonly path: string;
    readonly size: number;
    readonly stats?: string;
    readonly partitionValues: Readonly<Record<string, string | null>>;
  };
  readonly remove?: { readonly path: string };
}

export function readCommitFile(bytes: Uint8Array): CommitFile {
  const actions = new TextDecoder()
    .decode(bytes)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Action);
  const commitInfo = actions.find((action) => action.commitInfo !== undefined)?.commitInfo;
  return {
    statement: commitInfo?.userMetadata,
    readVersion: commitInfo?.readVersion,
    adds: actions.flatMap(({ add }) =>
      add === undefined
        ? []
        : [
            {
              path: decodeURIComponent(add.path),
              size: add.size,
              numRecords: add.stats === undefined ? undefined : (JSON.parse(add.stats) as { readonly numRecords?: number }).numRecords,
              partition: add.partitionValues,
            },
          ],
    ),
    removes: actions.flatMap(({ remove }) => (remove === undefined ? [] : [decodeURIComponent(remove.path)])),
  };
}

/** The rows of a data file, decoded by a reader that is not ours. */
export async function readDataFile(store: ObjectStore, added: AddedFile): Promise<readonly Row[]> {
  const meta = await store.head(added.path);
  if (meta === undefined) throw new Violation("live-file-missing", `a version names ${added.path}, which is not there`);
  const bytes = await store.get(added.path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const partition = Object.fromEntries(
    Object.entries(added.partition).map(([name, value]) => [name, value === null ? null : Number(value)]),
  );
  const rows = (await parquetReadObjects({ file })).map((row) => ({ x: null, ...row, ...partition }) as unknown as Row);
  if (meta.size !== added.size || (added.numRecords !== undefined && added.numRecords !== rows.length)) {
    const said = `${added.size} bytes and ${String(added.numRecords)} rows`;
    throw new Violation("wrong-size-or-count", `${added.path} has ${meta.size} bytes and ${rows.length} rows, its add says ${said}`);
  }
  return rows;
}
