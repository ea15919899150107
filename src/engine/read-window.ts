import type { ParquetFooter } from "../parquet/metadata/footer.js";
import type { ReadColumn } from "../parquet/read/read-file.js";
import type { EngineContext } from "./context.js";

/** How many row groups of a file may be under way or decoded at once, and the memory that was set aside for them. */
export interface ReadWindow {
  readonly rowGroups: number;
  close(): void;
}

/**
 * As many row groups ahead as keep the codec busy and the memory budget has room for; at least one, which needs no room.
 *
 * It never waits: a verb reads several files at once, and reads while it writes, so that a reader that waited for memory
 * could wait for one that waits for it.
 */
export function openReadWindow(context: EngineContext, footer: ParquetFooter, columns: readonly ReadColumn[]): ReadWindow {
  const bytes = rowGroupBytes(footer, columns);
  const wanted = Math.min(context.codec.parallelism + 1, footer.metadata.rowGroups.length);
  for (let rowGroups = wanted; rowGroups > 1; rowGroups--) {
    const lease = context.memory.tryReserve(Math.max(1, rowGroups * bytes));
    if (lease !== undefined) return { rowGroups, close: () => lease.release() };
  }
  return { rowGroups: 1, close: () => {} };
}

/** What the largest row group takes: the fetched bytes and, about twice their plain size, the decoded columns. */
export function rowGroupBytes({ metadata, schema }: ParquetFooter, columns: readonly ReadColumn[]): number {
  const names = new Set(columns.map(({ field, nameInFile }) => (nameInFile?.(field) ?? field.name).toLowerCase()));
  const isWanted = schema.leaves.map(
    ({ path }) => names.has((path[0] ?? "").toLowerCase()) || columns.some(({ matchBy }) => matchBy === "id"),
  );
  let largest = 0;
  for (const { columns: chunks } of metadata.rowGroups) {
    let bytes = 0;
    for (const [leaf, chunk] of chunks.entries()) {
      if (isWanted[leaf] === true && chunk.metadata !== undefined)
        bytes += chunk.metadata.compressedSize + 2 * chunk.metadata.uncompressedSize;
    }
    largest = Math.max(largest, bytes);
  }
  return largest;
}
