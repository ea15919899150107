import { assert } from "../../base/assert.js";
import { thriftType, type UnknownField } from "./thrift-reader.js";

const utf8 = new TextEncoder();

/**
 * Writes Thrift values in the compact protocol, into one growing buffer.
 *
 * Fields of a struct are written in ascending order of their ids; the unknown fields given to `struct` find their places
 * between them. A value `undefined` writes no field.
 */
export class ThriftWriter {
  private bytes = new Uint8Array(1024);
  private length = 0;
  private lastId = 0;
  private unknown: readonly UnknownField[] = [];
  private nextUnknown = 0;

  /** The bytes written so far; a view that the next write may invalidate. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  struct(unknown: readonly UnknownField[], writeFields: () => void): void {
    const outer = { lastId: this.lastId, unknown: this.unknown, nextUnknown: this.nextUnknown };
    this.lastId = 0;
    this.unknown = unknown;
    this.nextUnknown = 0;
    writeFields();
    this.writeUnknownBefore(Infinity);
    this.byte(thriftType.stop);
    this.lastId = outer.lastId;
    this.unknown = outer.unknown;
    this.nextUnknown = outer.nextUnknown;
  }

  boolean(id: number, value: boolean | undefined): void {
    if (value !== undefined) this.header(id, value ? thriftType.true : thriftType.false);
  }

  i8(id: number, value: number | undefined): void {
    if (value === undefined) return;
    this.header(id, thriftType.byte);
    this.byte(value & 255);
  }

  i16(id: number, value: number | undefined): void {
    this.integerField(id, thriftType.i16, value);
  }

  i32(id: number, value: number | undefined): void {
    this.integerField(id, thriftType.i32, value);
  }

  i64(id: number, value: number | undefined): void {
    this.integerField(id, thriftType.i64, value);
  }

  binary(id: number, value: Uint8Array | undefined): void {
    if (value === undefined) return;
    this.header(id, thriftType.binary);
    this.lengthPrefixed(value);
  }

  string(id: number, value: string | undefined): void {
    if (value !== undefined) this.binary(id, utf8.encode(value));
  }

  nested(id: number, unknown: readonly UnknownField[], writeFields: () => void): void {
    this.header(id, thriftType.struct);
    this.struct(unknown, writeFields);
  }

  structs<T>(id: number, values: readonly T[] | undefined, write: (value: T) => void): void {
    if (values === undefined) return;
    this.header(id, thriftType.list);
    this.listHeader(thriftType.struct, values.length);
    for (const value of values) write(value);
  }

  i32s(id: number, values: readonly number[] | undefined): void {
    if (values === undefined) return;
    this.header(id, thriftType.list);
    this.listHeader(thriftType.i32, values.length);
    for (const value of values) this.integer(value);
  }

  i64s(id: number, values: readonly number[] | undefined): void {
    if (values === undefined) return;
    this.header(id, thriftType.list);
    this.listHeader(thriftType.i64, values.length);
    for (const value of values) this.integer(value);
  }

  strings(id: number, values: readonly string[] | undefined): void {
    this.binaries(
      id,
      values?.map((value) => utf8.encode(value)),
    );
  }

  binaries(id: number, values: readonly Uint8Array[] | undefined): void {
    if (values === undefined) return;
    this.header(id, thriftType.list);
    this.listHeader(thriftType.binary, values.length);
    for (const value of values) this.lengthPrefixed(value);
  }

  booleans(id: number, values: readonly boolean[] | undefined): void {
    if (values === undefined) return;
    this.header(id, thriftType.list);
    this.listHeader(thriftType.true, values.length);
    for (const value of values) this.byte(value ? 1 : 2);
  }

  /** A field whose value is already encoded. */
  raw(field: UnknownField): void {
    this.header(field.id, field.type);
    this.append(field.bytes);
  }

  private header(id: number, type: number): void {
    this.writeUnknownBefore(id);
    this.writeHeader(id, type);
  }

  private writeUnknownBefore(id: number): void {
    for (let field = this.unknown[this.nextUnknown]; field !== undefined && field.id < id; field = this.unknown[this.nextUnknown]) {
      this.nextUnknown++;
      this.writeHeader(field.id, field.type);
      this.append(field.bytes);
    }
  }

  private writeHeader(id: number, type: number): void {
    const delta = id - this.lastId;
    assert(delta > 0, `Thrift field ${id} is written after field ${this.lastId}`);
    if (delta < 16) this.byte((delta << 4) | type);
    else {
      this.byte(type);
      this.integer(id);
    }
    this.lastId = id;
  }

  private integerField(id: number, type: number, value: number | undefined): void {
    if (value === undefined) return;
    this.header(id, type);
    this.integer(value);
  }

  private listHeader(type: number, count: number): void {
    if (count < 15) this.byte((count << 4) | type);
    else {
      this.byte(0xf0 | type);
      this.varint(count);
    }
  }

  private lengthPrefixed(value: Uint8Array): void {
    this.varint(value.length);
    this.append(value);
  }

  private integer(value: number): void {
    assert(Number.isSafeInteger(value) && Math.abs(value) <= 2 ** 52, `${value} is written as a Thrift integer`);
    this.varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  private varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  private byte(value: number): void {
    if (this.length === this.bytes.length) this.grow(1);
    this.bytes[this.length++] = value;
  }

  private append(value: Uint8Array): void {
    if (this.length + value.length > this.bytes.length) this.grow(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  private grow(by: number): void {
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + by));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}
