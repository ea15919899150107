import * as arrow from "apache-arrow";
import { LakeError } from "../../base/errors.js";
import type { Column } from "../../columnar/column.js";
import type { RawColumn, RawField, RawSlice, RawTable } from "./codec-wire.js";

/** The batches of a decoded table: views of its buffers, nothing is copied. */
export function batchesFrom(table: RawTable): arrow.RecordBatch[] {
  const schema = new arrow.Schema(table.fields.map(fieldFrom));
  const type = new arrow.Struct(schema.fields);
  return table.batches.map(({ length, buffer, columns }) => {
    const children = schema.fields.map((field, index) => columnFrom(field.type, columns[index], buffer));
    return new arrow.RecordBatch(schema, arrow.makeData({ type, length, nullCount: 0, children }));
  });
}

function fieldFrom({ name, format, nullable, metadata, children }: RawField): arrow.Field {
  return new arrow.Field(name, typeFrom(format, children.map(fieldFrom)), nullable, new Map(metadata));
}

const SIMPLE_TYPES: Readonly<Record<string, () => arrow.DataType>> = {
  n: () => new arrow.Null(),
  b: () => new arrow.Bool(),
  c: () => new arrow.Int8(),
  C: () => new arrow.Uint8(),
  s: () => new arrow.Int16(),
  S: () => new arrow.Uint16(),
  i: () => new arrow.Int32(),
  I: () => new arrow.Uint32(),
  l: () => new arrow.Int64(),
  L: () => new arrow.Uint64(),
  e: () => new arrow.Float16(),
  f: () => new arrow.Float32(),
  g: () => new arrow.Float64(),
  u: () => new arrow.Utf8(),
  z: () => new arrow.Binary(),
  tdD: () => new arrow.DateDay(),
  tdm: () => new arrow.DateMillisecond(),
  tts: () => new arrow.TimeSecond(),
  ttm: () => new arrow.TimeMillisecond(),
  ttu: () => new arrow.TimeMicrosecond(),
  ttn: () => new arrow.TimeNanosecond(),
};

const TIME_UNITS: Readonly<Record<string, arrow.TimeUnit>> = {
  s: arrow.TimeUnit.SECOND,
  m: arrow.TimeUnit.MILLISECOND,
  u: arrow.TimeUnit.MICROSECOND,
  n: arrow.TimeUnit.NANOSECOND,
};

/** @see https://arrow.apache.org/docs/format/CDataInterface.html#data-type-description-format-strings */
function typeFrom(format: string, children: readonly arrow.Field[]): arrow.DataType {
  const simple = SIMPLE_TYPES[format];
  if (simple !== undefined) return simple();
  const [child] = children;
  if (format === "+s") return new arrow.Struct([...children]);
  if (format === "+l" && child !== undefined) return new arrow.List(child);
  if (format === "+m" && child !== undefined) return new arrow.Map_(child as arrow.Field<arrow.Struct>);
  const [head = "", rest = ""] = split(format, ":");
  if (head === "w") return new arrow.FixedSizeBinary(Number(rest));
  if (head === "d") {
    const [precision = 0, scale = 0, width = 128] = rest.split(",").map(Number);
    return new arrow.Decimal(scale, precision, width);
  }
  const unit = head.startsWith("ts") ? TIME_UNITS[head.slice(2)] : undefined;
  if (unit !== undefined) return new arrow.Timestamp(unit, rest === "" ? null : rest);
  throw new LakeError("parquet/unsupported", `The Parquet decoder returned the Arrow type "${format}", which is not read here.`, {
    format,
  });
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function columnFrom(type: arrow.DataType, raw: RawColumn | undefined, buffer: ArrayBuffer): Column {
  if (raw === undefined) throw new LakeError("parquet/codec", "The Parquet decoder returned fewer columns than its schema has.");
  const children = type.children?.map((child: arrow.Field, index: number) => columnFrom(child.type, raw.children[index], buffer)) ?? [];
  const buffers = {
    [arrow.BufferType.OFFSET]: raw.offsets === undefined ? undefined : offsetsFrom(raw.offsets, buffer),
    [arrow.BufferType.DATA]: raw.values === undefined ? undefined : valuesFrom(type, raw.values, buffer),
    [arrow.BufferType.VALIDITY]: raw.validity === undefined ? undefined : new Uint8Array(buffer, raw.validity.start, raw.validity.size),
  } as ConstructorParameters<typeof arrow.Data>[4];
  return new arrow.Data(type, raw.bitOffset, raw.length, raw.nullCount, buffers, children);
}

function offsetsFrom({ start, size }: RawSlice, buffer: ArrayBuffer): Int32Array {
  return size === 0 ? new Int32Array(1) : new Int32Array(buffer, start, size >>> 2);
}

function valuesFrom(type: arrow.DataType, { start, size }: RawSlice, buffer: ArrayBuffer): unknown {
  const Values = type.ArrayType as {
    new (buffer: ArrayBuffer, start: number, length: number): unknown;
    readonly BYTES_PER_ELEMENT: number;
  };
  return new Values(buffer, start, size / Values.BYTES_PER_ELEMENT);
}
