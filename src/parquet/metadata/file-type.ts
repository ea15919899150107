import { convertedType, type SchemaElement } from "./file-metadata.js";
import type { SchemaGroup, SchemaLeaf, SchemaNode, SchemaTree } from "./schema-tree.js";

/**
 * What a node of the Parquet schema means, after the rules for old layouts: two-level lists, `bag`/`array` groups,
 * MAP_KEY_VALUE, repeated fields outside any list. `nullable` says whether the value itself can be null.
 *
 * @see https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#backward-compatibility-rules
 */
export type FileType =
  | { readonly kind: "leaf"; readonly nullable: boolean; readonly leaf: SchemaLeaf }
  | FileStruct
  | { readonly kind: "list"; readonly nullable: boolean; readonly node: SchemaNode; readonly element: FileType }
  | { readonly kind: "map"; readonly nullable: boolean; readonly node: SchemaNode; readonly key: FileType; readonly value: FileType };

export interface FileStruct {
  readonly kind: "struct";
  readonly nullable: boolean;
  readonly node: SchemaGroup;
  readonly fields: readonly FileField[];
}

export interface FileField {
  readonly name: string;
  readonly id: number | undefined;
  readonly type: FileType;
}

/** The file's columns. */
export function fileColumns(schema: SchemaTree): readonly FileField[] {
  return structFields(schema.root);
}

function structFields(group: SchemaGroup): readonly FileField[] {
  return group.children.map((child) => ({ name: child.element.name, id: child.element.fieldId, type: fieldType(child) }));
}

/** A repeated field outside any list is a list that cannot be null, of elements that cannot be null. */
function fieldType(node: SchemaNode): FileType {
  if (node.element.repetition !== "repeated") return valueType(node, node.element.repetition === "optional");
  return { kind: "list", nullable: false, node, element: valueType(node, false) };
}

function valueType(node: SchemaNode, nullable: boolean): FileType {
  if (node.kind === "leaf") return { kind: "leaf", nullable, leaf: node };
  if (isListGroup(node.element)) return listType(node, nullable) ?? structType(node, nullable);
  if (isMapGroup(node.element)) return mapType(node, nullable) ?? structType(node, nullable);
  return structType(node, nullable);
}

function structType(node: SchemaGroup, nullable: boolean): FileStruct {
  return { kind: "struct", nullable, node, fields: structFields(node) };
}

function isListGroup({ logicalType, convertedType: converted }: SchemaElement): boolean {
  return logicalType === undefined ? converted === convertedType.list : logicalType.kind === "list";
}

/** MAP_KEY_VALUE on the outer group is how old writers say MAP. */
function isMapGroup({ logicalType, convertedType: converted }: SchemaElement): boolean {
  if (logicalType !== undefined) return logicalType.kind === "map";
  return converted === convertedType.map || converted === convertedType.mapKeyValue;
}

/** A group marked as a list that has not the shape of one is read as the struct it is. */
function listType(node: SchemaGroup, nullable: boolean): FileType | undefined {
  const [repeated, ...others] = node.children;
  if (repeated === undefined || others.length > 0 || repeated.element.repetition !== "repeated") return undefined;
  return { kind: "list", nullable, node, element: elementType(node, repeated) };
}

function elementType(list: SchemaGroup, repeated: SchemaNode): FileType {
  if (repeated.kind === "leaf") return valueType(repeated, false);
  const [only, ...others] = repeated.children;
  const { name } = repeated.element;
  const isElement =
    only === undefined ||
    others.length > 0 ||
    only.element.repetition === "repeated" ||
    name === "array" ||
    name === `${list.element.name}_tuple`;
  return isElement ? valueType(repeated, false) : valueType(only, only.element.repetition === "optional");
}

/** Keys and values are told apart by position: their names differ between writers. */
function mapType(node: SchemaGroup, nullable: boolean): FileType | undefined {
  const [entries, ...others] = node.children;
  if (entries?.kind !== "group" || others.length > 0 || entries.element.repetition !== "repeated") return undefined;
  const [key, value, ...rest] = entries.children;
  if (key === undefined || value === undefined || rest.length > 0) return undefined;
  return { kind: "map", nullable, node, key: fieldType(key), value: fieldType(value) };
}
