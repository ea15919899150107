/**
 * Logical types: PROTOCOL.md "Schema Serialization Format", in the engine's own form. Frozen plain data.
 *
 * `int` is the protocol's `integer`. `variant` and `void` are known so that they can be named.
 */
export type DataType = PrimitiveType | DecimalType | StructType | ArrayType | MapType;

export type PrimitiveName =
  | "byte"
  | "short"
  | "int"
  | "long"
  | "float"
  | "double"
  | "string"
  | "binary"
  | "boolean"
  | "date"
  | "timestamp"
  | "timestamp_ntz"
  | "variant"
  | "void";

export interface PrimitiveType {
  readonly kind: PrimitiveName;
}

export interface DecimalType {
  readonly kind: "decimal";
  /** 1 to 38. */
  readonly precision: number;
  /** 0 to `precision`. */
  readonly scale: number;
}

export interface StructType {
  readonly kind: "struct";
  readonly fields: readonly Field[];
}

export interface ArrayType {
  readonly kind: "array";
  readonly element: DataType;
  readonly containsNull: boolean;
}

export interface MapType {
  readonly kind: "map";
  readonly key: DataType;
  readonly value: DataType;
  readonly valueContainsNull: boolean;
}

export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  /** As in the log: comments, column mapping ids, generation expressions, … JSON values only. */
  readonly metadata: Readonly<Record<string, unknown>>;
}
