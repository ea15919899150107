import type { Bounds, ColumnBounds } from "../../expression/bounds.js";
import { columnBounds, countOf, noBounds, type FileEntries } from "./column-stats.js";
import type { FileColumns, FoundColumn } from "./file-columns.js";
import { parseExactJson, type ExactJson } from "./exact-json.js";
import { columnSlots, fileSlots, StatsWalker, type WantedColumn } from "./stats-walker.js";

/**
 * Reads statistics of a few columns out of JSON bytes without building the rest: pruning a large checkpoint asks for one or two
 * columns of a million texts.
 */
export interface StatsScanner {
  /** The bounds in `bytes[start, end)`, as `fileStats` gives them. They are a view on the scanner, good until the next scan. */
  scan(bytes: Uint8Array, start: number, end: number): Bounds;
}

/** @param paths the columns that will be asked for; of others nothing is known */
export function createStatsScanner(files: Pick<FileColumns, "find">, paths: readonly (readonly string[])[]): StatsScanner {
  const columns = paths.flatMap((path) => {
    const found = files.find(path);
    return found === undefined ? [] : [{ path, found }];
  });
  const walker = new StatsWalker(wantedColumns(columns.map(({ found }) => found.path)), columns.length);
  const slotOf = slotLookup(columns.map(({ path }) => path));
  const token = createTokenReader();
  const value = (places: Int32Array, at: number): ExactJson | undefined => token.at(places[at] ?? -1, places[at + 1] ?? -1);
  // A predicate asks for the same column several times.
  const remembered: (ColumnBounds | undefined)[] = columns.map(() => undefined);
  const isRemembered = new Uint8Array(columns.length);
  let file: FileEntries | undefined;
  const fileEntries = (): FileEntries => {
    file ??= {
      numRecords: countOf(value(walker.file, fileSlots.numRecords)),
      tight: value(walker.file, fileSlots.tightBounds) !== false,
    };
    return file;
  };
  const boundsAt = (slot: number, found: FoundColumn): ColumnBounds | undefined => {
    const at = slot * columnSlots.count;
    const entries = {
      min: value(walker.columns, at + columnSlots.minValues),
      max: value(walker.columns, at + columnSlots.maxValues),
      nullCount: value(walker.columns, at + columnSlots.nullCount),
    };
    return columnBounds(found, entries, fileEntries());
  };
  const bounds: Bounds = {
    get rowCount() {
      return fileEntries().numRecords;
    },
    column(path) {
      const slot = slotOf(path);
      const column = columns[slot];
      if (column === undefined) return undefined;
      if (isRemembered[slot] === 0) {
        remembered[slot] = boundsAt(slot, column.found);
        isRemembered[slot] = 1;
      }
      return remembered[slot];
    },
  };
  return {
    scan(bytes, start, end) {
      token.of(bytes);
      file = undefined;
      isRemembered.fill(0);
      return walker.walk(bytes, start, end) ? bounds : noBounds;
    },
  };
}

function wantedColumns(paths: readonly (readonly string[])[]): WantedColumn {
  const encoder = new TextEncoder();
  const node = (name: string, depth: number, slots: readonly number[]): WantedColumn => {
    const below = new Map<string, number[]>();
    for (const slot of slots) {
      const next = paths[slot]?.[depth];
      if (next !== undefined) below.set(next, [...(below.get(next) ?? []), slot]);
    }
    return {
      name: encoder.encode(name),
      slot: slots.find((slot) => paths[slot]?.length === depth) ?? -1,
      children: [...below].map(([child, members]) => node(child, depth + 1, members)),
    };
  };
  return node(
    "",
    0,
    paths.map((_, slot) => slot),
  );
}

/** Predicates ask with the same array for every file. */
function slotLookup(paths: readonly (readonly string[])[]): (path: readonly string[]) => number {
  const byText = new Map(paths.map((path, slot) => [JSON.stringify(path), slot]));
  const byIdentity = new WeakMap<readonly string[], number>();
  return (path) => {
    let slot = byIdentity.get(path);
    if (slot === undefined) {
      slot = byText.get(JSON.stringify(path)) ?? -1;
      byIdentity.set(path, slot);
    }
    return slot;
  };
}

interface TokenReader {
  /** The text that places are in from now on. */
  of(bytes: Uint8Array): void;
  /** The JSON value at a place; `undefined` at none, or when it is no value. */
  at(start: number, end: number): ExactJson | undefined;
}

function createTokenReader(): TokenReader {
  let bytes: Uint8Array = new Uint8Array(0);
  let text: Buffer = Buffer.alloc(0);
  return {
    of(next) {
      if (next === bytes) return;
      bytes = next;
      text = Buffer.from(next.buffer, next.byteOffset, next.byteLength);
    },
    at(start, end) {
      if (start < 0) return undefined;
      const whole = end - start <= 15 ? digitsAt(bytes, start, end) : -1;
      if (whole >= 0) return whole;
      try {
        return parseExactJson(text.toString("utf8", start, end));
      } catch {
        return undefined;
      }
    },
  };
}

/** The number of a token of digits, as nearly all counts and many bounds are; -1: it is something else. */
function digitsAt(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9 || (digit === 0 && at === start && end - start > 1)) return -1;
    value = value * 10 + digit;
  }
  return end > start ? value : -1;
}
