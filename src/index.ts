/** laketable: ACID Delta Lake tables from any Node process. */
export { DeltaTable } from "./api/delta-table.js";
export type { Alter } from "./api/alter.js";
export type { ChangesOptions } from "./api/changes.js";
export type { ClauseOptions, MergeBuilder, MergeOptions } from "./api/merge-builder.js";
export type { MergeSource } from "./api/merge-source.js";
export type {
  AppendOptions,
  Assignment,
  ConnectOptions,
  CreateTableOptions,
  DeleteOptions,
  HistoryOptions,
  NumberedWriteOptions,
  OpenOptions,
  OverwriteOptions,
  Predicate,
  ReadOptions,
  SignalOptions,
  TimeTravel,
  Txn,
  UpdateOptions,
  WriteOptions,
} from "./api/options.js";
export type { Explanation } from "./engine/explain.js";
export type { FileRecord, FileStats, HistoryRecord, LogFileRecord, TableDetail, WriteResult } from "./api/results.js";
export type { RowsOptions, SelectedRow } from "./api/row-selection.js";
export { readParquet, type ReadParquetOptions } from "./api/read-parquet.js";
export { LakeError, type ErrorContext, type LakeErrorCode } from "./base/errors.js";
export type { Logger } from "./base/logger.js";
export type { Progress } from "./base/progress.js";
export { col, lit, sql, type Expression } from "./expression/build.js";
export type { BatchInput } from "./schema/batch-input.js";
export type { RowOptions } from "./schema/row-options.js";
export type { Row } from "./schema/row-reader.js";
export type { RowInputOf, RowOf } from "./schema/row-type.js";
export type { SchemaInput } from "./schema/schema-input.js";
export type { ArrayType, DataType, DecimalType, Field, MapType, PrimitiveType, StructType } from "./schema/types.js";
export type { S3Credentials, S3Options } from "./storage/s3-store-options.js";
export type { WriteMetrics } from "./table/operation.js";
