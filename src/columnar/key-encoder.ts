import type { DataType } from "apache-arrow";
import { assert } from "../base/assert.js";
import { bytesOf, layoutOf, nullMask, offsetsOf } from "./access.js";
import { createByteDictionary, type ByteDictionary } from "./byte-dictionary.js";
import type { Column } from "./column.js";
import { columnWords, wordsPerKey } from "./key-words.js";

/** Rows of words that are equal exactly when the keys are. Rows with a 1 in `skip` have no key that could be equal to another. */
export interface EncodedKeys {
  readonly words: Int32Array;
  readonly skip: Uint8Array | undefined;
}

/** Turns key columns into words of a fixed width; strings become their number in a dictionary that the encoder owns. */
export interface KeyEncoder {
  /** Words per row. */
  readonly width: number;
  readonly bytes: number;
  /** For rows that go into a table: unknown strings get a number. */
  encode(columns: readonly Column[], length: number): EncodedKeys;
  /** For rows that are looked up: a row with an unknown string is skipped. */
  encodeKnown(columns: readonly Column[], length: number): EncodedKeys;
}

export interface EncodedColumn {
  readonly type: DataType;
  /** Whether null equals null; otherwise a row with a null has no key. */
  readonly nullSafe: boolean;
}

export function createKeyEncoder(keys: readonly EncodedColumn[]): KeyEncoder {
  const dictionaries = keys.map((key) => (layoutOf(key.type) === "bytes" ? createByteDictionary() : undefined));
  const widths = keys.map((key) => wordsPerKey(key.type));
  // Null-safe keys have zero words for a null; words of flags tell it from a real zero.
  const flagged = keys.some((key) => key.nullSafe);
  const width = widths.reduce((sum, words) => sum + words, flagged ? (keys.length + 31) >> 5 : 0);

  const encodeWith = (add: boolean, columns: readonly Column[], length: number): EncodedKeys => {
    assert(columns.length === keys.length, "each key has its column");
    const parts = columns.map((column, index) => wordsOf(column, dictionaries[index], add));
    const skip = skippedRows(keys, parts, length);
    const [only] = parts;
    if (parts.length === 1 && !flagged && only !== undefined) return { words: only.words, skip };
    return { words: weave(parts, { widths, width, length, flagged }), skip };
  };
  return {
    width,
    get bytes() {
      return dictionaries.reduce((sum, dictionary) => sum + (dictionary?.bytes ?? 0), 0);
    },
    encode: (columns, length) => encodeWith(true, columns, length),
    encodeKnown: (columns, length) => encodeWith(false, columns, length),
  };
}

interface KeyPart {
  readonly words: Int32Array;
  readonly nulls: Uint8Array | undefined;
  /** Rows whose string is not in the dictionary. */
  readonly unknown: Uint8Array | undefined;
}

function wordsOf(column: Column, dictionary: ByteDictionary | undefined, add: boolean): KeyPart {
  const nulls = nullMask(column);
  if (dictionary === undefined) return { words: columnWords(column), nulls, unknown: undefined };
  const words = new Int32Array(column.length);
  const offsets = offsetsOf(column);
  const bytes = bytesOf(column);
  let unknown: Uint8Array | undefined;
  for (let row = 0; row < words.length; row++) {
    if (nulls !== undefined && nulls[row] === 1) continue;
    const start = offsets[row] as number;
    const end = offsets[row + 1] as number;
    const word = add ? dictionary.insert(bytes, start, end) : dictionary.find(bytes, start, end);
    if (word >= 0) {
      words[row] = word;
    } else {
      unknown ??= new Uint8Array(words.length);
      unknown[row] = 1;
    }
  }
  return { words, nulls, unknown };
}

function skippedRows(keys: readonly EncodedColumn[], parts: readonly KeyPart[], length: number): Uint8Array | undefined {
  let skip: Uint8Array | undefined;
  parts.forEach((part, index) => {
    for (const mask of [keys[index]?.nullSafe === true ? undefined : part.nulls, part.unknown]) {
      if (mask === undefined) continue;
      skip ??= new Uint8Array(length);
      for (let row = 0; row < length; row++) if (mask[row] === 1) skip[row] = 1;
    }
  });
  return skip;
}

interface WeaveShape {
  readonly widths: readonly number[];
  readonly width: number;
  readonly length: number;
  readonly flagged: boolean;
}

function weave(parts: readonly KeyPart[], { widths, width, length, flagged }: WeaveShape): Int32Array {
  const out = new Int32Array(length * width);
  let first = 0;
  parts.forEach(({ words }, index) => {
    const partWidth = widths[index] ?? 1;
    for (let word = 0; word < partWidth; word++) {
      for (let row = 0; row < length; row++) out[row * width + first + word] = words[row * partWidth + word] as number;
    }
    first += partWidth;
  });
  if (!flagged) return out;
  parts.forEach(({ nulls }, index) => {
    if (nulls === undefined) return;
    const flags = first + (index >> 5);
    const flag = 1 << (index & 31);
    for (let row = 0; row < length; row++) if (nulls[row] === 1) out[row * width + flags] = (out[row * width + flags] as number) | flag;
  });
  return out;
}
