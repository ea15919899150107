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
  type PhysicalType,
  type PlainLogicalKind,
  type Repetition,
  type RowGroup,
  type SchemaElement,
  type Statistics,
  type TimeUnit,
} from "./file-metadata.js";
import { ThriftReader, thriftType, type UnknownField } from "../thrift/thrift-reader.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft<T> = { -readonly [K in keyof T]: T[K] | undefined };

/**
 * Decodes parquet.thrift's FileMetaData.
 *
 * @throws parquet/corrupt  naming `path`: the bytes are no such structure, or a required field is missing
 */
export function decodeMetadata(bytes: Uint8Array, path: string): FileMetadata {
  const reader = new ThriftReader(bytes, path, "footer");
  const unknown: UnknownField[] = [];
  const draft: Draft<Omit<FileMetadata, "unknown">> = {
    version: undefined,
    schema: undefined,
    rowCount: undefined,
    rowGroups: undefined,
    keyValues: undefined,
    createdBy: undefined,
    columnOrders: undefined,
  };
  reader.struct((id) => {
    if (id === 1) draft.version = reader.i32();
    else if (id === 2) draft.schema = reader.list(() => schemaElement(reader));
    else if (id === 3) draft.rowCount = reader.count();
    else if (id === 4) draft.rowGroups = reader.list(() => rowGroup(reader));
    else if (id === 5) draft.keyValues = reader.list(() => keyValue(reader));
    else if (id === 6) draft.createdBy = reader.string();
    else if (id === 7) draft.columnOrders = reader.list(() => columnOrder(reader));
    else unknown.push(reader.unknown(id));
  });
  return {
    version: required(reader, draft.version, "version"),
    schema: required(reader, draft.schema, "schema"),
    rowCount: required(reader, draft.rowCount, "num_rows"),
    rowGroups: required(reader, draft.rowGroups, "row_groups"),
    keyValues: draft.keyValues,
    createdBy: draft.createdBy,
    columnOrders: draft.columnOrders,
    unknown,
  };
}

function required<T>(reader: ThriftReader, value: T | undefined, name: string): T {
  return value === undefined ? reader.fail(`the required ${name} is missing`) : value;
}

function schemaElement(reader: ThriftReader): SchemaElement {
  return reader.nested(() => {
    const unknown: UnknownField[] = [];
    let name: string | undefined;
    const draft: Mutable<Omit<SchemaElement, "name" | "unknown">> = {
      type: undefined,
      typeLength: undefined,
      repetition: undefined,
      childCount: undefined,
      convertedType: undefined,
      scale: undefined,
      precision: undefined,
      fieldId: undefined,
      logicalType: undefined,
    };
    reader.struct((id) => {
      if (id === 1) draft.type = physicalType(reader);
      else if (id === 2) draft.typeLength = reader.i32();
      else if (id === 3) draft.repetition = repetition(reader);
      else if (id === 4) name = reader.string();
      else if (id === 5) draft.childCount = reader.count();
      else if (id === 6) draft.convertedType = reader.i32();
      else if (id === 7) draft.scale = reader.i32();
      else if (id === 8) draft.precision = reader.i32();
      else if (id === 9) draft.fieldId = reader.i32();
      else if (id === 10) draft.logicalType = reader.nested(() => logicalType(reader));
      else unknown.push(reader.unknown(id));
    });
    return { ...draft, name: required(reader, name, "name of a schema element"), unknown };
  });
}

function physicalType(reader: ThriftReader): PhysicalType {
  const number = reader.i32();
  return physicalTypes[number] ?? reader.fail(`physical type ${number} does not exist`);
}

function repetition(reader: ThriftReader): Repetition {
  const number = reader.i32();
  return repetitions[number] ?? reader.fail(`repetition type ${number} does not exist`);
}

const plainLogicalTypes: Readonly<Record<number, PlainLogicalKind>> = {
  1: "string",
  2: "map",
  3: "list",
  4: "enum",
  6: "date",
  11: "unknown",
  12: "json",
  13: "bson",
  14: "uuid",
  15: "float16",
};

function logicalType(reader: ThriftReader): LogicalType | undefined {
  let result: LogicalType | undefined;
  reader.struct((id) => {
    const plain = plainLogicalTypes[id];
    if (plain !== undefined) {
      reader.raw();
      result = { kind: plain };
    } else if (id === 5) result = reader.nested(() => decimalType(reader));
    else if (id === 7 || id === 8) result = reader.nested(() => timeType(reader, id === 7 ? "time" : "timestamp"));
    else if (id === 10) result = reader.nested(() => integerType(reader));
    else if (id === 16) result = reader.nested(() => variantType(reader));
    else result = { kind: "other", id, field: reader.unknown(id) };
  });
  return result;
}

function decimalType(reader: ThriftReader): LogicalType {
  let scale: number | undefined;
  let precision: number | undefined;
  reader.struct((id) => {
    if (id === 1) scale = reader.i32();
    else if (id === 2) precision = reader.i32();
    else reader.raw();
  });
  return { kind: "decimal", precision: required(reader, precision, "precision"), scale: required(reader, scale, "scale") };
}

function timeType(reader: ThriftReader, kind: "time" | "timestamp"): LogicalType {
  let isAdjustedToUtc: boolean | undefined;
  let unit: TimeUnit | undefined;
  reader.struct((id) => {
    if (id === 1) isAdjustedToUtc = reader.boolean();
    else if (id === 2) {
      reader.nested(() =>
        reader.struct((unitId) => {
          unit = timeUnits[unitId - 1] ?? reader.fail(`time unit ${unitId} does not exist`);
          reader.raw();
        }),
      );
    } else reader.raw();
  });
  return { kind, isAdjustedToUtc: required(reader, isAdjustedToUtc, "isAdjustedToUTC"), unit: required(reader, unit, "time unit") };
}

function integerType(reader: ThriftReader): LogicalType {
  let bitWidth: number | undefined;
  let isSigned: boolean | undefined;
  reader.struct((id) => {
    if (id === 1) bitWidth = reader.i8();
    else if (id === 2) isSigned = reader.boolean();
    else reader.raw();
  });
  return { kind: "integer", bitWidth: required(reader, bitWidth, "bit width"), isSigned: required(reader, isSigned, "isSigned") };
}

function variantType(reader: ThriftReader): LogicalType {
  let specificationVersion: number | undefined;
  reader.struct((id) => {
    if (id === 1) specificationVersion = reader.i8();
    else reader.raw();
  });
  return { kind: "variant", specificationVersion };
}

function keyValue(reader: ThriftReader): KeyValue {
  return reader.nested(() => {
    let key: string | undefined;
    let value: string | undefined;
    reader.struct((id) => {
      if (id === 1) key = reader.string();
      else if (id === 2) value = reader.string();
      else reader.raw();
    });
    return { key: required(reader, key, "key of a key-value pair"), value };
  });
}

function columnOrder(reader: ThriftReader): ColumnOrder {
  return reader.nested(() => {
    let result: ColumnOrder = { kind: "other", field: undefined };
    reader.struct((id) => {
      const field = reader.unknown(id);
      result = id === 1 && field.type === thriftType.struct ? { kind: "type" } : { kind: "other", field };
    });
    return result;
  });
}

function rowGroup(reader: ThriftReader): RowGroup {
  return reader.nested(() => {
    const unknown: UnknownField[] = [];
    let columns: ColumnChunk[] | undefined;
    let byteSize: number | undefined;
    let rowCount: number | undefined;
    let fileOffset: number | undefined;
    let compressedSize: number | undefined;
    let ordinal: number | undefined;
    reader.struct((id) => {
      if (id === 1) columns = reader.list(() => columnChunk(reader));
      else if (id === 2) byteSize = reader.count();
      else if (id === 3) rowCount = reader.count();
      else if (id === 5) fileOffset = reader.i64();
      else if (id === 6) compressedSize = reader.i64();
      else if (id === 7) ordinal = reader.i32();
      else unknown.push(reader.unknown(id));
    });
    return {
      columns: required(reader, columns, "columns of a row group"),
      byteSize: required(reader, byteSize, "total_byte_size"),
      rowCount: required(reader, rowCount, "num_rows of a row group"),
      fileOffset,
      compressedSize,
      ordinal,
      unknown,
    };
  });
}

function columnChunk(reader: ThriftReader): ColumnChunk {
  return reader.nested(() => {
    const unknown: UnknownField[] = [];
    let filePath: string | undefined;
    let fileOffset: number | undefined;
    let metadata: ColumnMetadata | undefined;
    const numbers: (number | undefined)[] = [];
    reader.struct((id) => {
      if (id === 1) filePath = reader.string();
      else if (id === 2) fileOffset = reader.i64();
      else if (id === 3) metadata = columnMetadata(reader);
      else if (id >= 4 && id <= 7) numbers[id] = reader.count();
      else unknown.push(reader.unknown(id));
    });
    const location = (at: number): { offset: number; length: number } | undefined => {
      const offset = numbers[at];
      const length = numbers[at + 1];
      return offset === undefined || length === undefined ? undefined : { offset, length };
    };
    return {
      filePath,
      fileOffset: required(reader, fileOffset, "file_offset of a column chunk"),
      metadata,
      offsetIndex: location(4),
      columnIndex: location(6),
      unknown,
    };
  });
}

function columnMetadata(reader: ThriftReader): ColumnMetadata {
  return reader.nested(() => {
    const unknown: UnknownField[] = [];
    const draft: Draft<Omit<ColumnMetadata, "unknown">> = {
      type: undefined,
      encodings: undefined,
      path: undefined,
      codec: undefined,
      valueCount: undefined,
      uncompressedSize: undefined,
      compressedSize: undefined,
      keyValues: undefined,
      dataPageOffset: undefined,
      indexPageOffset: undefined,
      dictionaryPageOffset: undefined,
      statistics: undefined,
    };
    reader.struct((id) => {
      if (id === 1) draft.type = physicalType(reader);
      else if (id === 2) draft.encodings = reader.list(() => reader.i32());
      else if (id === 3) draft.path = reader.strings();
      else if (id === 4) draft.codec = reader.i32();
      else if (id === 5) draft.valueCount = reader.count();
      else if (id === 6) draft.uncompressedSize = reader.count();
      else if (id === 7) draft.compressedSize = reader.count();
      else if (id === 8) draft.keyValues = reader.list(() => keyValue(reader));
      else if (id === 9) draft.dataPageOffset = reader.count();
      else if (id === 10) draft.indexPageOffset = reader.i64();
      else if (id === 11) draft.dictionaryPageOffset = reader.i64();
      else if (id === 12) draft.statistics = decodeStatistics(reader);
      else unknown.push(reader.unknown(id));
    });
    return {
      type: required(reader, draft.type, "type of a column chunk"),
      encodings: required(reader, draft.encodings, "encodings"),
      path: required(reader, draft.path, "path_in_schema"),
      codec: required(reader, draft.codec, "codec"),
      valueCount: required(reader, draft.valueCount, "num_values"),
      uncompressedSize: required(reader, draft.uncompressedSize, "total_uncompressed_size"),
      compressedSize: required(reader, draft.compressedSize, "total_compressed_size"),
      keyValues: draft.keyValues,
      dataPageOffset: required(reader, draft.dataPageOffset, "data_page_offset"),
      indexPageOffset: draft.indexPageOffset,
      dictionaryPageOffset: draft.dictionaryPageOffset,
      statistics: draft.statistics,
      unknown,
    };
  });
}

function decodeStatistics(reader: ThriftReader): Statistics {
  return reader.nested(() => {
    const unknown: UnknownField[] = [];
    const draft: Mutable<Omit<Statistics, "unknown">> = {
      max: undefined,
      min: undefined,
      nullCount: undefined,
      distinctCount: undefined,
      maxValue: undefined,
      minValue: undefined,
      isMaxExact: undefined,
      isMinExact: undefined,
    };
    reader.struct((id) => {
      if (id === 1) draft.max = reader.binary();
      else if (id === 2) draft.min = reader.binary();
      else if (id === 3) draft.nullCount = reader.hint();
      else if (id === 4) draft.distinctCount = reader.hint();
      else if (id === 5) draft.maxValue = reader.binary();
      else if (id === 6) draft.minValue = reader.binary();
      else if (id === 7) draft.isMaxExact = reader.boolean();
      else if (id === 8) draft.isMinExact = reader.boolean();
      else unknown.push(reader.unknown(id));
    });
    return { ...draft, unknown };
  });
}
