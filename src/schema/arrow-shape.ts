/** What we rely on in Arrow objects of any copy of apache-arrow. Checked by structure, never by `instanceof`. */

export interface ArrowTypeLike {
  readonly typeId: number;
  readonly children?: readonly ArrowFieldLike[] | null;
  /** Int. */
  readonly isSigned?: boolean;
  readonly bitWidth?: number;
  /** Float: 0 half, 1 single, 2 double. Decimal: digits. */
  readonly precision?: number;
  readonly scale?: number;
  /** Date, Time, Timestamp. */
  readonly unit?: number;
  readonly timezone?: string | null;
  /** FixedSizeList. */
  readonly listSize?: number;
  /** FixedSizeBinary. */
  readonly byteWidth?: number;
  /** Dictionary: the type of its values and of its indices. */
  readonly dictionary?: ArrowTypeLike;
  readonly indices?: ArrowTypeLike;
}

export interface ArrowFieldLike {
  readonly name: string;
  readonly type: ArrowTypeLike;
  readonly nullable: boolean;
  readonly metadata?: ReadonlyMap<string, string> | null;
}

export interface ArrowSchemaLike {
  readonly fields: readonly ArrowFieldLike[];
}

/** One chunk of a column. Also fits apache-arrow's `Data`. */
export interface ArrowDataLike {
  readonly type: ArrowTypeLike;
  readonly length: number;
  /** Of the bitmaps only: `values` and `valueOffsets` already start at the first row. */
  readonly offset: number;
  readonly children: readonly ArrowDataLike[];
  readonly values?: unknown;
  readonly valueOffsets?: unknown;
  readonly nullBitmap?: Uint8Array | null | undefined;
  readonly dictionary?: { readonly data: readonly ArrowDataLike[] } | undefined;
  readonly variadicBuffers?: readonly Uint8Array[];
  slice(offset: number, length: number): ArrowDataLike;
}

export interface ArrowBatchLike {
  readonly schema: ArrowSchemaLike;
  readonly numRows: number;
  readonly data: ArrowDataLike;
}

export interface ArrowTableLike {
  readonly schema: ArrowSchemaLike;
  readonly batches: readonly ArrowBatchLike[];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isTypeLike(value: unknown): value is ArrowTypeLike {
  return isObject(value) && typeof value["typeId"] === "number";
}

function isFieldLike(value: unknown): value is ArrowFieldLike {
  return isObject(value) && typeof value["name"] === "string" && typeof value["nullable"] === "boolean" && isTypeLike(value["type"]);
}

/** An Arrow Schema. Our own StructType has fields too, but their types have no `typeId`. */
export function isArrowSchema(value: unknown): value is ArrowSchemaLike {
  if (!isObject(value) || !Array.isArray(value["fields"]) || !value["fields"].every(isFieldLike)) return false;
  return value["fields"].length > 0 || value["metadata"] instanceof Map;
}

/** An Arrow RecordBatch. */
export function isArrowBatch(value: unknown): value is ArrowBatchLike {
  if (!isObject(value) || typeof value["numRows"] !== "number" || !isArrowSchema(value["schema"])) return false;
  const data = value["data"];
  return isObject(data) && isTypeLike(data["type"]) && Array.isArray(data["children"]);
}

/** An Arrow Table. */
export function isArrowTable(value: unknown): value is ArrowTableLike {
  return isObject(value) && Array.isArray(value["batches"]) && isArrowSchema(value["schema"]);
}
