/** A column wanted of statistics: where its names lead. */
export interface WantedColumn {
  readonly name: Uint8Array;
  readonly children: readonly WantedColumn[];
  /** The number of the column that ends here, or -1. */
  readonly slot: number;
}

/** Where a text has what, as pairs of start and end; -1: nowhere. */
export const fileSlots = Object.freeze({ numRecords: 0, tightBounds: 2, count: 4 });
export const columnSlots = Object.freeze({ minValues: 0, maxValues: 2, nullCount: 4, count: 6 });

const encoder = new TextEncoder();
const members = [
  { name: encoder.encode("numRecords"), fileSlot: fileSlots.numRecords, columnSlot: -1 },
  { name: encoder.encode("minValues"), fileSlot: -1, columnSlot: columnSlots.minValues },
  { name: encoder.encode("maxValues"), fileSlot: -1, columnSlot: columnSlots.maxValues },
  { name: encoder.encode("nullCount"), fileSlot: -1, columnSlot: columnSlots.nullCount },
  { name: encoder.encode("tightBounds"), fileSlot: fileSlots.tightBounds, columnSlot: -1 },
];

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * Walks once over the bytes of a `stats` text and notes where the wanted values stand. Builds nothing: it runs a million times
 * when a large checkpoint is pruned.
 */
export class StatsWalker {
  /** For each column `columnSlots.count` entries. */
  readonly columns: Int32Array;
  readonly file = new Int32Array(fileSlots.count);
  readonly #root: WantedColumn;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #failed = false;
  #nameStart = 0;
  #nameEnd = 0;

  constructor(root: WantedColumn, columnCount: number) {
    this.#root = root;
    this.columns = new Int32Array(columnCount * columnSlots.count);
  }

  /** False when the text is no object, is cut off, or escapes a name: then nothing is known of it. */
  walk(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#failed = false;
    this.columns.fill(-1);
    this.file.fill(-1);
    if (this.#blank() !== openBrace) return false;
    this.#at++;
    for (let first = true; this.#nextMember(first); first = false) this.#statistic();
    return !this.#failed;
  }

  #statistic(): void {
    const member = this.#memberNamed();
    if (member !== undefined && member.columnSlot >= 0 && this.#bytes[this.#at] === openBrace)
      return this.#columnsOf(this.#root, member.columnSlot);
    const start = this.#at;
    this.#skipValue();
    if (member === undefined || member.fileSlot < 0) return;
    this.file[member.fileSlot] = start;
    this.file[member.fileSlot + 1] = this.#at;
  }

  #memberNamed(): (typeof members)[number] | undefined {
    for (const member of members) if (this.#isName(member.name)) return member;
    return undefined;
  }

  #columnsOf(parent: WantedColumn, columnSlot: number): void {
    this.#at++;
    for (let first = true; this.#nextMember(first); first = false) {
      const child = this.#childNamed(parent);
      if (child !== undefined && child.children.length > 0 && this.#bytes[this.#at] === openBrace) {
        this.#columnsOf(child, columnSlot);
        continue;
      }
      const start = this.#at;
      this.#skipValue();
      if (child === undefined || child.slot < 0) continue;
      const entry = child.slot * columnSlots.count + columnSlot;
      this.columns[entry] = start;
      this.columns[entry + 1] = this.#at;
    }
  }

  #childNamed(parent: WantedColumn): WantedColumn | undefined {
    for (const child of parent.children) if (this.#isName(child.name)) return child;
    return undefined;
  }

  /** Reads the next member's name and stops before its value; false at the end of the object, and on failure. */
  #nextMember(first: boolean): boolean {
    let byte = this.#blank();
    if (byte === closeBrace) {
      this.#at++;
      return false;
    }
    if (!first) {
      if (byte !== comma) this.#failed = true;
      this.#at++;
      byte = this.#blank();
    }
    if (byte !== quote) this.#failed = true;
    this.#nameStart = ++this.#at;
    // An escaped name may be that of any column; it is not worth decoding.
    if (this.#skipString()) this.#failed = true;
    this.#nameEnd = this.#at - 1;
    if (this.#blank() !== colon) this.#failed = true;
    this.#at++;
    this.#blank();
    return !this.#failed;
  }

  #isName(name: Uint8Array): boolean {
    const bytes = this.#bytes;
    const start = this.#nameStart;
    if (name.length !== this.#nameEnd - start) return false;
    for (let i = 0; i < name.length; i++) if (name[i] !== bytes[start + i]) return false;
    return true;
  }

  /** The next byte that is no blank; 0 at the end, which is a failure. */
  #blank(): number {
    while (this.#at < this.#end && isBlank(this.#bytes[this.#at])) this.#at++;
    if (this.#at >= this.#end) this.#failed = true;
    return this.#failed ? 0 : (this.#bytes[this.#at] ?? 0);
  }

  /** From behind the opening quote to behind the closing one. @returns whether there was an escape */
  #skipString(): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    let escaped = false;
    for (let at = this.#at; at < end; at++) {
      const byte = bytes[at];
      if (byte === quote) {
        this.#at = at + 1;
        return escaped;
      }
      if (byte === backslash) {
        escaped = true;
        at++;
      }
    }
    this.#at = end;
    this.#failed = true;
    return escaped;
  }

  /** From a value's first byte to behind its last one. */
  #skipValue(): void {
    const bytes = this.#bytes;
    let depth = 0;
    while (this.#at < this.#end) {
      const byte = bytes[this.#at];
      if (byte === quote) {
        this.#at++;
        this.#skipString();
        if (depth === 0) return;
        continue;
      }
      if (byte === openBrace || byte === openBracket) depth++;
      else if (byte === closeBrace || byte === closeBracket) {
        if (depth === 0) return;
        depth--;
        if (depth === 0) {
          this.#at++;
          return;
        }
      } else if (depth === 0 && (byte === comma || isBlank(byte))) return;
      this.#at++;
    }
    this.#failed = true;
  }
}
