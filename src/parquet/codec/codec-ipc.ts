import * as arrow from "apache-arrow";
import { unreachable } from "../../base/assert.js";
import { bytesOf, bytesPerValue, layoutOf, nullCountOf, offsetsOf } from "../../columnar/access.js";
import { columnsOf } from "../../columnar/batch.js";
import type { Column } from "../../columnar/column.js";
import { sliceColumn } from "../../columnar/slice.js";

/**
 * Batches as one Arrow IPC stream, laid out first and filled in one pass: each buffer is copied once, straight from the column
 * to its place. (`tableToIPC` copies twice and needs more objects.) `allocate` may give bytes that were used before; what the
 * stream does not say is left as it was.
 *
 * @see https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
 */
export function encodeIpcStream(
  schema: arrow.Schema,
  batches: readonly arrow.RecordBatch[],
  allocate: (size: number) => Uint8Array<ArrayBuffer> = (size) => new Uint8Array(size),
): Uint8Array<ArrayBuffer> {
  const head = schemaMessage(schema);
  const laid = batches.map((batch) => layBatch(batch));
  const size = laid.reduce((sum, { metadata, bodySize }) => sum + PREFIX_BYTES + metadata.byteLength + bodySize, head.byteLength);
  const stream = allocate(size + PREFIX_BYTES);
  stream.set(head);
  let at = head.byteLength;
  for (const { metadata, bodySize, parts } of laid) {
    writePrefix(stream, at, metadata.byteLength);
    stream.set(metadata, at + PREFIX_BYTES);
    at += PREFIX_BYTES + metadata.byteLength;
    for (const { start, part } of parts) fillPart(stream, at + start, part);
    at += bodySize;
  }
  writePrefix(stream, at, 0);
  return stream;
}

const PREFIX_BYTES = 8;

function writePrefix(stream: Uint8Array<ArrayBuffer>, at: number, metadataSize: number): void {
  const view = new DataView(stream.buffer);
  view.setUint32(at, 0xffffffff, true);
  view.setUint32(at + 4, metadataSize, true);
}

/** The first message of a stream; its metadata has no body. */
function schemaMessage(schema: arrow.Schema): Uint8Array {
  const stream = arrow.tableToIPC(new arrow.Table(schema), "stream");
  const size = new DataView(stream.buffer, stream.byteOffset).getUint32(4, true);
  return stream.subarray(0, PREFIX_BYTES + size);
}

/** A buffer of the body: bytes as they are, bits from a bit offset, or offsets less their first. */
type Part =
  | { readonly kind: "bytes"; readonly source: Uint8Array }
  | { readonly kind: "bits"; readonly source: Uint8Array; readonly offset: number; readonly length: number }
  | { readonly kind: "offsets"; readonly source: Int32Array };

interface LaidBatch {
  readonly metadata: Uint8Array;
  readonly bodySize: number;
  readonly parts: readonly { readonly start: number; readonly part: Part }[];
}

function layBatch(batch: arrow.RecordBatch): LaidBatch {
  const nodes: Node[] = [];
  const parts: Part[] = [];
  for (const column of columnsOf(batch)) layColumn(column, nodes, parts);
  let bodySize = 0;
  const placed = parts.map((part) => {
    const start = bodySize;
    const size = partSize(part);
    // 64 bytes keep 128-bit values aligned, so that the decoder on the other side need not copy them.
    bodySize += (size + 63) & ~63;
    return { start, size, part };
  });
  return { metadata: recordBatchMessage(batch.numRows, nodes, placed, bodySize), bodySize, parts: placed };
}

interface Node {
  readonly length: number;
  readonly nullCount: number;
}

const NO_BYTES: Part = { kind: "bytes", source: new Uint8Array(0) };

function layColumn(column: Column, nodes: Node[], parts: Part[]): void {
  const { length, offset } = column;
  const layout = layoutOf(column.type);
  const nullCount = nullCountOf(column);
  nodes.push({ length, nullCount });
  if (layout === "null") return;
  const bits = (source: Uint8Array): Part => ({ kind: "bits", source, offset, length });
  parts.push(nullCount > 0 ? bits(column.nullBitmap) : NO_BYTES);
  switch (layout) {
    case "bool":
      parts.push(bits(column.values as Uint8Array));
      return;
    case "fixed": {
      const { buffer, byteOffset } = column.values as ArrayBufferView;
      parts.push({ kind: "bytes", source: new Uint8Array(buffer, byteOffset, length * bytesPerValue(column)) });
      return;
    }
    case "bytes": {
      const { source, from, to } = spanOf(column);
      parts.push({ kind: "offsets", source }, { kind: "bytes", source: bytesOf(column).subarray(from, to) });
      return;
    }
    case "list": {
      const { source, from, to } = spanOf(column);
      parts.push({ kind: "offsets", source });
      for (const child of column.children) layColumn(sliceColumn(child, from, to), nodes, parts);
      return;
    }
    case "struct":
      for (const child of column.children) layColumn(sliceColumn(child, 0, length), nodes, parts);
      return;
    default:
      unreachable(layout);
  }
}

/** The offsets of the column's rows, and where they begin and end. */
function spanOf(column: Column): { readonly source: Int32Array; readonly from: number; readonly to: number } {
  const source = offsetsOf(column).subarray(0, column.length + 1);
  return { source, from: source[0] ?? 0, to: source[column.length] ?? 0 };
}

function partSize(part: Part): number {
  switch (part.kind) {
    case "bytes":
      return part.source.byteLength;
    case "bits":
      return (part.length + 7) >>> 3;
    case "offsets":
      return part.source.byteLength;
  }
}

function fillPart(stream: Uint8Array<ArrayBuffer>, at: number, part: Part): void {
  switch (part.kind) {
    case "bytes":
      return stream.set(part.source, at);
    case "bits":
      return fillBits(stream, at, part.source, part.offset, part.length);
    case "offsets":
      return fillOffsets(stream, at, part.source);
  }
}

function fillBits(stream: Uint8Array, at: number, source: Uint8Array, offset: number, length: number): void {
  const first = offset >>> 3;
  const shift = offset & 7;
  const size = (length + 7) >>> 3;
  if (shift === 0) return stream.set(source.subarray(first, first + size), at);
  for (let index = 0; index < size; index++) {
    stream[at + index] = ((source[first + index] ?? 0) >>> shift) | ((source[first + index + 1] ?? 0) << (8 - shift));
  }
}

function fillOffsets(stream: Uint8Array<ArrayBuffer>, at: number, source: Int32Array): void {
  const base = source[0] ?? 0;
  if (base === 0) return stream.set(new Uint8Array(source.buffer, source.byteOffset, source.byteLength), at);
  const target = new Int32Array(stream.buffer, at, source.length);
  for (let index = 0; index < source.length; index++) target[index] = (source[index] ?? 0) - base;
}

/**
 * The FlatBuffer `Message { version: V5, header: RecordBatch { length, nodes, buffers }, bodyLength }`. Only the two vectors
 * vary in size, so every table has a fixed place.
 * @see https://github.com/apache/arrow/blob/main/format/Message.fbs
 */
function recordBatchMessage(
  rows: number,
  nodes: readonly Node[],
  buffers: readonly { readonly start: number; readonly size: number }[],
  bodySize: number,
): Uint8Array {
  const MESSAGE = 16;
  const BATCH = 56;
  const NODES = 76;
  const BUFFERS = NODES + 8 + 16 * nodes.length;
  const bytes = new Uint8Array(BUFFERS + 4 + 16 * buffers.length);
  const view = new DataView(bytes.buffer);
  const long = (at: number, value: number): void => view.setBigInt64(at, BigInt(value), true);
  const words = (at: number, values: readonly number[]): void =>
    values.forEach((value, index) => view.setUint16(at + 2 * index, value, true));

  view.setUint32(0, MESSAGE, true);
  words(4, [12, 20, 16, 18, 4, 8]); // vtable: its size, the table's size, then where version, header type, header and body length are
  view.setInt32(MESSAGE, MESSAGE - 4, true);
  view.setUint32(MESSAGE + 4, BATCH - (MESSAGE + 4), true);
  long(MESSAGE + 8, bodySize);
  view.setUint16(MESSAGE + 16, arrow.MetadataVersion.V5, true);
  view.setUint8(MESSAGE + 18, arrow.MessageHeader.RecordBatch);

  words(40, [10, 20, 8, 4, 16]); // vtable: sizes, then where length, nodes and buffers are
  view.setInt32(BATCH, BATCH - 40, true);
  view.setUint32(BATCH + 4, NODES - (BATCH + 4), true);
  long(BATCH + 8, rows);
  view.setUint32(BATCH + 16, BUFFERS - (BATCH + 16), true);

  view.setUint32(NODES, nodes.length, true);
  nodes.forEach(({ length, nullCount }, index) => {
    long(NODES + 4 + 16 * index, length);
    long(NODES + 12 + 16 * index, nullCount);
  });
  view.setUint32(BUFFERS, buffers.length, true);
  buffers.forEach(({ start, size }, index) => {
    long(BUFFERS + 4 + 16 * index, start);
    long(BUFFERS + 12 + 16 * index, size);
  });
  return bytes;
}
