import { unreachable } from "../../base/assert.js";
import {
  physicalTypes,
  repetitions,
  timeUnits,
  type ColumnChunk,
  type ColumnMetadata,
  type ColumnOrder,
  type FileMetadata,
  type KeyValue,
  type LogicalType,
  type RowGroup,
  type SchemaElement,
  type Statistics,
} from "./file-metadata.js";
import { ThriftWriter } from "../thrift/thrift-writer.js";

/** Encodes FileMetaData in the compact protocol: what `decodeMetadata` reads. */
export function encodeMetadata(metadata: FileMetadata): Uint8Array {
  const writer = new ThriftWriter();
  writer.struct(metadata.unknown, () => {
    writer.i32(1, metadata.version);
    writer.structs(2, metadata.schema, (element) => schemaElement(writer, element));
    writer.i64(3, metadata.rowCount);
    writer.structs(4, metadata.rowGroups, (group) => rowGroup(writer, group));
    writer.structs(5, metadata.keyValues, (pair) => keyValue(writer, pair));
    writer.string(6, metadata.createdBy);
    writer.structs(7, metadata.columnOrders, (order) => columnOrder(writer, order));
  });
  return writer.finish();
}

function schemaElement(writer: ThriftWriter, element: SchemaElement): void {
  writer.struct(element.unknown, () => {
    writer.i32(1, element.type === undefined ? undefined : physicalTypes.indexOf(element.type));
    writer.i32(2, element.typeLength);
    writer.i32(3, element.repetition === undefined ? undefined : repetitions.indexOf(element.repetition));
    writer.string(4, element.name);
    writer.i32(5, element.childCount);
    writer.i32(6, element.convertedType);
    writer.i32(7, element.scale);
    writer.i32(8, element.precision);
    writer.i32(9, element.fieldId);
    const logical = element.logicalType;
    if (logical !== undefined) writer.nested(10, [], () => logicalType(writer, logical));
  });
}

const nothing = (): void => undefined;

function logicalType(writer: ThriftWriter, type: LogicalType): void {
  switch (type.kind) {
    case "string":
      return writer.nested(1, [], nothing);
    case "map":
      return writer.nested(2, [], nothing);
    case "list":
      return writer.nested(3, [], nothing);
    case "enum":
      return writer.nested(4, [], nothing);
    case "decimal":
      return writer.nested(5, [], () => {
        writer.i32(1, type.scale);
        writer.i32(2, type.precision);
      });
    case "date":
      return writer.nested(6, [], nothing);
    case "time":
    case "timestamp":
      return writer.nested(type.kind === "time" ? 7 : 8, [], () => {
        writer.boolean(1, type.isAdjustedToUtc);
        writer.nested(2, [], () => writer.nested(timeUnits.indexOf(type.unit) + 1, [], nothing));
      });
    case "integer":
      return writer.nested(10, [], () => {
        writer.i8(1, type.bitWidth);
        writer.boolean(2, type.isSigned);
      });
    case "unknown":
      return writer.nested(11, [], nothing);
    case "json":
      return writer.nested(12, [], nothing);
    case "bson":
      return writer.nested(13, [], nothing);
    case "uuid":
      return writer.nested(14, [], nothing);
    case "float16":
      return writer.nested(15, [], nothing);
    case "variant":
      return writer.nested(16, [], () => writer.i8(1, type.specificationVersion));
    case "other":
      return writer.raw(type.field);
    default:
      return unreachable(type);
  }
}

function keyValue(writer: ThriftWriter, pair: KeyValue): void {
  writer.struct([], () => {
    writer.string(1, pair.key);
    writer.string(2, pair.value);
  });
}

function columnOrder(writer: ThriftWriter, order: ColumnOrder): void {
  writer.struct([], () => {
    if (order.kind === "type") writer.nested(1, [], nothing);
    else if (order.field !== undefined) writer.raw(order.field);
  });
}

function rowGroup(writer: ThriftWriter, group: RowGroup): void {
  writer.struct(group.unknown, () => {
    writer.structs(1, group.columns, (chunk) => columnChunk(writer, chunk));
    writer.i64(2, group.byteSize);
    writer.i64(3, group.rowCount);
    writer.i64(5, group.fileOffset);
    writer.i64(6, group.compressedSize);
    writer.i16(7, group.ordinal);
  });
}

function columnChunk(writer: ThriftWriter, chunk: ColumnChunk): void {
  writer.struct(chunk.unknown, () => {
    writer.string(1, chunk.filePath);
    writer.i64(2, chunk.fileOffset);
    const { metadata } = chunk;
    if (metadata !== undefined) writer.nested(3, metadata.unknown, () => columnMetadata(writer, metadata));
    writer.i64(4, chunk.offsetIndex?.offset);
    writer.i32(5, chunk.offsetIndex?.length);
    writer.i64(6, chunk.columnIndex?.offset);
    writer.i32(7, chunk.columnIndex?.length);
  });
}

function columnMetadata(writer: ThriftWriter, metadata: ColumnMetadata): void {
  writer.i32(1, physicalTypes.indexOf(metadata.type));
  writer.i32s(2, metadata.encodings);
  writer.strings(3, metadata.path);
  writer.i32(4, metadata.codec);
  writer.i64(5, metadata.valueCount);
  writer.i64(6, metadata.uncompressedSize);
  writer.i64(7, metadata.compressedSize);
  writer.structs(8, metadata.keyValues, (pair) => keyValue(writer, pair));
  writer.i64(9, metadata.dataPageOffset);
  writer.i64(10, metadata.indexPageOffset);
  writer.i64(11, metadata.dictionaryPageOffset);
  const { statistics } = metadata;
  if (statistics !== undefined) writer.nested(12, statistics.unknown, () => encodeStatistics(writer, statistics));
}

function encodeStatistics(writer: ThriftWriter, statistics: Statistics): void {
  writer.binary(1, statistics.max);
  writer.binary(2, statistics.min);
  writer.i64(3, statistics.nullCount);
  writer.i64(4, statistics.distinctCount);
  writer.binary(5, statistics.maxValue);
  writer.binary(6, statistics.minValue);
  writer.boolean(7, statistics.isMaxExact);
  writer.boolean(8, statistics.isMinExact);
}
