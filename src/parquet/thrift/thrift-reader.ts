import { LakeError } from "../../base/errors.js";

/** The type codes of Thrift's compact protocol, as they stand in field and list headers. */
export const thriftType = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const;

/** A field this package has no word for: its value's bytes as they were, so that encoding gives them back. */
export interface UnknownField {
  readonly id: number;
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** Deeper nesting than any Parquet structure has; damaged bytes must not exhaust the stack. */
const DEPTH_MAX = 24;

/** zigzag(2^52): integers beyond it are not exact as doubles once doubled by the zigzag form. */
const ZIGZAG_MAX = 2 ** 53;

/** The field for extensions; parquet-format's BinaryProtocolExtensions.md spells its bytes so that another number is read. */
const EXTENSION_ID = 32767;
const MISSPELT_EXTENSION_ID = -16384;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A cursor over one Thrift value in the compact protocol.
 *
 * Every length is checked against the bytes that are left before anything is allocated, so damaged bytes end in
 * `parquet/corrupt` naming the file: never in a hang, a RangeError or a huge allocation.
 */
export class ThriftReader {
  /** Offset of the next byte. */
  position: number;
  /** The type code of the field `nextField` stopped at. */
  fieldType = 0;
  private depth = 0;

  private readonly bytes: Uint8Array;
  private readonly path: string;
  private readonly what: string;

  /** `path` and `what` (`footer`, `page index`, …) are for messages. */
  constructor(bytes: Uint8Array, path: string, what: string, start = 0) {
    this.bytes = bytes;
    this.path = path;
    this.what = what;
    this.position = start;
  }

  /** @throws parquet/corrupt always */
  fail(reason: string): never {
    throw new LakeError(
      "parquet/corrupt",
      `${this.path} is damaged: its ${this.what} cannot be decoded, ${reason} at byte ${this.position} of ${this.bytes.length}. ` +
        `Restore the file from a copy.`,
      { path: this.path, what: this.what, offset: this.position, reason },
    );
  }

  /**
   * Calls `onField` for every field of the struct at the cursor; it must consume the value, `skip` or `unknown` included.
   * The current field's type is `fieldType`.
   */
  struct(onField: (id: number) => void): void {
    if (++this.depth > DEPTH_MAX) this.fail("structures are nested too deeply");
    let id = 0;
    for (;;) {
      const header = this.byte();
      if (header === thriftType.stop) break;
      const delta = header >> 4;
      id = delta === 0 ? this.integer() : id + delta;
      if (id === MISSPELT_EXTENSION_ID) id = EXTENSION_ID;
      if (id < 1 || id > 0x7fff) this.fail(`field id ${id} is out of range`);
      this.fieldType = header & 15;
      onField(id);
    }
    this.depth--;
  }

  /** A boolean field's value is its type. */
  boolean(): boolean {
    if (this.fieldType === thriftType.true) return true;
    if (this.fieldType === thriftType.false) return false;
    return this.fail("a boolean was expected");
  }

  i8(): number {
    this.expect(thriftType.byte, "a byte");
    return (this.byte() << 24) >> 24;
  }

  /** An integer of 32 bits, whichever width the field header claims. */
  i32(): number {
    const value = this.i64();
    if (value !== (value | 0)) this.fail("an integer does not fit 32 bits");
    return value;
  }

  /** An integer whose magnitude is at most 2^52. */
  i64(): number {
    const type = this.fieldType;
    if (type !== thriftType.i64 && type !== thriftType.i32 && type !== thriftType.i16) this.fail("an integer was expected");
    return this.integer();
  }

  /** A size, offset or count: 0 to 2^52. */
  count(): number {
    const value = this.i64();
    if (value < 0) this.fail(`${value} stands where a size, offset or count belongs`);
    return value;
  }

  /** A count that is only a hint (statistics): `undefined` when it is negative or beyond 2^52. */
  hint(): number | undefined {
    const start = this.position;
    let value: number | undefined;
    try {
      value = this.i64();
    } catch (error) {
      // A hint out of range is no reason to refuse the file, bytes that are no integer are.
      if (this.position < start + 8) throw error;
      value = undefined;
    }
    return value === undefined || value < 0 ? undefined : value;
  }

  /** A view, not a copy. */
  binary(): Uint8Array {
    this.expect(thriftType.binary, "bytes");
    return this.lengthPrefixed();
  }

  string(): string {
    this.expect(thriftType.binary, "text");
    return this.text();
  }

  /** Calls `read` for every element; its `fieldType` is the element type. */
  list<T>(read: () => T): T[] {
    this.expect(thriftType.list, "a list");
    const { type, count } = this.listHeader();
    const result = new Array<T>(count);
    for (let i = 0; i < count; i++) {
      this.fieldType = type;
      result[i] = read();
    }
    return result;
  }

  /** A list of booleans: one byte each, 1 is true. Some writers use 0 and some 2 for false. */
  booleans(): boolean[] {
    return this.list(() => {
      if (this.fieldType !== thriftType.true && this.fieldType !== thriftType.false) this.fail("a boolean was expected");
      return this.byte() === 1;
    });
  }

  strings(): string[] {
    return this.list(() => this.string());
  }

  /** A nested struct. */
  nested<T>(read: () => T): T {
    this.expect(thriftType.struct, "a structure");
    return read();
  }

  /** Keeps the current field's value as bytes. */
  unknown(id: number): UnknownField {
    const type = this.fieldType;
    return { id, type, bytes: this.raw() };
  }

  /** The bytes of the current field's value, unread. */
  raw(): Uint8Array {
    const start = this.position;
    this.skip(this.fieldType);
    return this.bytes.subarray(start, this.position);
  }

  private skip(type: number): void {
    switch (type) {
      case thriftType.true:
      case thriftType.false:
        return;
      case thriftType.byte:
        this.byte();
        return;
      case thriftType.i16:
      case thriftType.i32:
      case thriftType.i64:
        this.skipVarint();
        return;
      case thriftType.double:
        this.advance(8);
        return;
      case thriftType.binary:
        this.lengthPrefixed();
        return;
      case thriftType.list:
      case thriftType.set:
        this.skipList();
        return;
      case thriftType.map:
        this.skipMap();
        return;
      case thriftType.struct:
        this.struct(() => this.skip(this.fieldType));
        return;
      default:
        this.fail(`type code ${type} does not exist`);
    }
  }

  private skipList(): void {
    if (++this.depth > DEPTH_MAX) this.fail("structures are nested too deeply");
    const { type, count } = this.listHeader();
    for (let i = 0; i < count; i++) this.skipElement(type);
    this.depth--;
  }

  private skipMap(): void {
    if (++this.depth > DEPTH_MAX) this.fail("structures are nested too deeply");
    const count = this.varint();
    if (count > 0) {
      if (count > this.bytes.length - this.position) this.fail(`a map of ${count} entries is longer than what is left`);
      const types = this.byte();
      for (let i = 0; i < count; i++) {
        this.skipElement(types >> 4);
        this.skipElement(types & 15);
      }
    }
    this.depth--;
  }

  /** Inside a list or map a boolean is a byte of its own. */
  private skipElement(type: number): void {
    if (type === thriftType.true || type === thriftType.false) this.byte();
    else this.skip(type);
  }

  private listHeader(): { readonly type: number; readonly count: number } {
    const header = this.byte();
    const short = header >> 4;
    const count = short === 15 ? this.varint() : short;
    // Every element takes at least one byte.
    if (count > this.bytes.length - this.position) this.fail(`a list of ${count} elements is longer than what is left`);
    return { type: header & 15, count };
  }

  private expect(type: number, name: string): void {
    if (this.fieldType !== type) this.fail(`${name} was expected, type code ${this.fieldType} found`);
  }

  private byte(): number {
    const value = this.bytes[this.position];
    if (value === undefined) return this.fail("the bytes end early");
    this.position++;
    return value;
  }

  private advance(count: number): number {
    const start = this.position;
    if (count > this.bytes.length - start) this.fail(`${count} bytes are more than what is left`);
    this.position = start + count;
    return start;
  }

  private lengthPrefixed(): Uint8Array {
    const length = this.varint();
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  private text(): string {
    const bytes = this.lengthPrefixed();
    // Names are short and nearly always ASCII, where TextDecoder's call overhead dominates.
    if (bytes.length <= 48) {
      let result = "";
      let i = 0;
      for (; i < bytes.length; i++) {
        const byte = bytes[i] ?? 0;
        if (byte > 127) break;
        result += String.fromCharCode(byte);
      }
      if (i === bytes.length) return result;
    }
    try {
      return utf8.decode(bytes);
    } catch {
      return this.fail("a name is not UTF-8");
    }
  }

  private integer(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  private varint(): number {
    let result = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      result += (byte & 127) * scale;
      if (byte < 128) {
        if (result > ZIGZAG_MAX) this.fail("an integer is too large");
        return result;
      }
      scale *= 128;
    }
    return this.fail("an integer is longer than 64 bits");
  }

  private skipVarint(): void {
    for (let i = 0; i < 10; i++) if (this.byte() < 128) return;
    this.fail("an integer is longer than 64 bits");
  }
}
