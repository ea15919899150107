import { leafType } from "../metadata/leaf-type.js";
import type { SchemaLeaf } from "../metadata/schema-tree.js";
import type { LeafShape, ValueOrder } from "./patch-wire.js";

/** How the values of a leaf lie in its pages; `undefined` for what is nested, and for types whose values have no order here. */
export function leafShape(leaf: SchemaLeaf): LeafShape | undefined {
  const { physicalType, repetitionLevel, definitionLevel, element, path } = leaf;
  const order = valueOrder(leaf);
  if (path.length !== 1 || repetitionLevel !== 0 || definitionLevel > 1 || order === undefined) return undefined;
  const width = physicalType === "FIXED_LEN_BYTE_ARRAY" ? (element.typeLength ?? 0) : (widths[physicalType] ?? 0);
  if (width === 0 && physicalType === "FIXED_LEN_BYTE_ARRAY") return undefined;
  return { physicalType, width, isOptional: definitionLevel === 1, order };
}

const widths: Readonly<Record<string, number>> = { INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8 };

/** @see ColumnOrder of parquet.thrift */
function valueOrder(leaf: SchemaLeaf): ValueOrder | undefined {
  const type = leafType(leaf);
  switch (type.kind) {
    case "boolean":
    case "float":
    case "double":
      return type.kind;
    case "date":
      return "int32";
    case "timestamp":
      return "int64";
    case "integer":
      if (!type.isSigned) return undefined;
      return type.bits === 64 ? "int64" : "int32";
    case "bytes":
      return "bytes";
    case "decimal":
      if (leaf.physicalType === "INT32") return "int32";
      if (leaf.physicalType === "INT64") return "int64";
      return leaf.physicalType === "FIXED_LEN_BYTE_ARRAY" ? "signed-bytes" : undefined;
    case "fixed":
    case "float16":
    case "int96":
    case "foreign":
      return undefined;
  }
}
