import type { DataType as ArrowType } from "apache-arrow";
import { LakeError } from "../../base/errors.js";
import { toArrowType } from "../../schema/arrow-mapping.js";
import { field, struct, types } from "../../schema/data-types.js";
import { formatType } from "../../schema/type-text.js";
import type { DataType, Field, StructType } from "../../schema/types.js";
import { corruptFile, unsupportedFile } from "../corrupt.js";
import { fileColumns, type FileField, type FileStruct, type FileType } from "../metadata/file-type.js";
import { leafConversion, type LeafConversion } from "../metadata/leaf-conversion.js";
import { describeLeaf } from "../metadata/leaf-type.js";
import type { SchemaLeaf, SchemaTree } from "../metadata/schema-tree.js";

/** A column as its reader wants it. */
export interface ReadColumn {
  /** Its name in the batches and in `where`. */
  readonly name: string;
  /** The wanted column, with its id in the metadata where columns are found by id. */
  readonly field: Field;
  readonly matchBy: "name" | "id";
  /** How files call the column, and what is nested in it. Default: by its name. */
  readonly nameInFile?: ((field: Field) => string) | undefined;
}

/** How one wanted value is made of the file's leaves. `arrowType` is the mapping of the wanted type. */
export type Projection =
  /** The file lacks it: null in every row. */
  | { readonly kind: "missing"; readonly type: DataType; readonly arrowType: ArrowType }
  | ProjectedLeaf
  | ProjectedStruct
  | {
      readonly kind: "list";
      readonly nullable: boolean;
      readonly element: Projection;
      readonly arrowType: ArrowType;
    }
  | {
      readonly kind: "map";
      readonly nullable: boolean;
      readonly key: Projection;
      readonly value: Projection;
      readonly arrowType: ArrowType;
    };

export interface ProjectedLeaf {
  readonly kind: "leaf";
  readonly nullable: boolean;
  readonly leaf: SchemaLeaf;
  readonly conversion: LeafConversion;
  readonly type: DataType;
  readonly arrowType: ArrowType;
}

export interface ProjectedStruct {
  readonly kind: "struct";
  readonly nullable: boolean;
  readonly fields: readonly { readonly name: string; readonly projection: Projection }[];
  /** When the file has none of the wanted fields: something of the struct that tells which structs and elements there are. */
  readonly carrier: FileType | undefined;
  readonly arrowType: ArrowType;
}

/**
 * How the wanted columns are made of the file's.
 *
 * Names are compared exactly first and without regard to case after that; nested names likewise. Columns and nested fields
 * that the file lacks are missing, those that nobody wants are left out.
 *
 * @throws parquet/unsupported  a column whose type in the file does not lead to the wanted one, two columns that differ in
 *   case only where neither is meant, and matching by id in a file without ids (PROTOCOL.md "Reader Requirements for Column Mapping")
 */
export function projectColumns(schema: SchemaTree, columns: readonly ReadColumn[], path: string): readonly Projection[] {
  const available = fileColumns(schema);
  const hasIds = schema.leaves.some(({ element }) => element.fieldId !== undefined) || available.some(({ id }) => id !== undefined);
  if (!hasIds && columns.some((column) => column.matchBy === "id")) {
    throw unsupportedFile(
      path,
      "its columns have no field ids, and the table finds columns by id",
      "Rewrite the file with field ids, or let the table find columns by name.",
    );
  }
  return columns.map(({ field: wanted, matchBy, nameInFile = ({ name }) => name }) => {
    const context: MatchContext = { path, matchBy, nameInFile };
    return projectField(context, wanted, available, [wanted.name]);
  });
}

interface MatchContext {
  readonly path: string;
  readonly matchBy: "name" | "id";
  readonly nameInFile: (field: Field) => string;
}

function projectField(context: MatchContext, wanted: Field, available: readonly FileField[], names: readonly string[]): Projection {
  if (wanted.type.kind === "void") return missing(wanted.type);
  const found =
    context.matchBy === "id" ? findById(context, wanted, available) : findByName(context, context.nameInFile(wanted), available);
  return found === undefined ? missing(wanted.type) : projectType(context, wanted.type, found.type, names);
}

function missing(type: DataType): Projection {
  return { kind: "missing", type, arrowType: toArrowType(type) };
}

function findByName(context: MatchContext, name: string, available: readonly FileField[]): FileField | undefined {
  const exact = available.filter((candidate) => candidate.name === name);
  const folded = exact.length > 0 ? exact : available.filter((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (folded.length > 1) {
    throw unsupportedFile(
      context.path,
      `${folded.length} of its columns could be "${name}" (${folded.map((candidate) => candidate.name).join(", ")})`,
      "Rewrite the file with names that differ in more than case.",
      { column: name },
    );
  }
  return folded[0];
}

/** The ids Delta and Parquet readers keep a field's id under. */
const idKeys = ["delta.columnMapping.id", "parquet.field.id"] as const;

function findById(context: MatchContext, wanted: Field, available: readonly FileField[]): FileField | undefined {
  const id = idKeys.map((key) => wanted.metadata[key]).find((value) => typeof value === "number");
  if (id === undefined) {
    throw new LakeError(
      "schema/invalid",
      `The column ${wanted.name} has no id, and the table finds columns by id. Repair the table's schema.`,
      { column: wanted.name },
    );
  }
  const found = available.filter((candidate) => candidate.id === id);
  if (found.length > 1) throw corruptFile(context.path, `${found.length} of its columns have the field id ${id}`);
  return found[0];
}

function projectType(context: MatchContext, wanted: DataType, file: FileType, names: readonly string[]): Projection {
  // A group without leaves holds nothing that could be read, a column of the null type nothing but nulls.
  if (!hasLeaves(file) || (file.kind === "leaf" && file.leaf.element.logicalType?.kind === "unknown")) return missing(wanted);
  const { nullable } = file;
  switch (wanted.kind) {
    case "struct":
      if (file.kind !== "struct") break;
      return projectStruct(context, wanted, file, names);
    case "variant":
      if (file.kind !== "struct") break;
      return projectVariant(context, file, names);
    case "array": {
      if (file.kind !== "list") break;
      const element = projectType(context, wanted.element, file.element, [...names, "element"]);
      return { kind: "list", nullable, element, arrowType: toArrowType(wanted) };
    }
    case "map": {
      if (file.kind !== "map") break;
      const key = projectType(context, wanted.key, file.key, [...names, "key"]);
      const value = projectType(context, wanted.value, file.value, [...names, "value"]);
      return { kind: "map", nullable, key, value, arrowType: toArrowType(wanted) };
    }
    default: {
      if (file.kind !== "leaf") break;
      const { leaf } = file;
      if (leaf.physicalType === "FIXED_LEN_BYTE_ARRAY" && !((leaf.element.typeLength ?? 0) > 0)) {
        throw corruptFile(context.path, `the fixed-length column ${names.join(".")} has no length`);
      }
      const conversion = leafConversion(leaf, wanted);
      if (conversion !== undefined) return { kind: "leaf", nullable, leaf, conversion, type: wanted, arrowType: toArrowType(wanted) };
    }
  }
  throw unsupportedFile(
    context.path,
    `its column ${names.join(".")} is ${describe(file)}, and ${formatType(wanted)} is wanted`,
    "Rewrite the file with the table's type, or change the column's type in the table.",
    { column: names.join("."), wanted: formatType(wanted) },
  );
}

function projectStruct(context: MatchContext, wanted: StructType, file: FileStruct, names: readonly string[]): ProjectedStruct {
  const fields = wanted.fields.map((nested) => ({
    name: nested.name,
    projection: projectField(context, nested, file.fields, [...names, nested.name]),
  }));
  const carrier = fields.every(({ projection }) => projection.kind === "missing") ? carrierOf(file) : undefined;
  return { kind: "struct", nullable: file.nullable, fields, carrier, arrowType: toArrowType(wanted) };
}

const variantParts = struct([field("metadata", types.binary, { nullable: false }), field("value", types.binary, { nullable: false })]);

function projectVariant(context: MatchContext, file: FileStruct, names: readonly string[]): Projection {
  if (file.fields.some((part) => part.name === "typed_value")) {
    throw unsupportedFile(
      context.path,
      `its variant column ${names.join(".")} is shredded`,
      "Read the table with an engine that supports variantShredding.",
      { column: names.join(".") },
    );
  }
  const parts = projectStruct({ ...context, matchBy: "name", nameInFile: ({ name }) => name }, variantParts, file, names);
  return { ...parts, arrowType: toArrowType(types.variant) };
}

/** The part of a struct by which the codec can tell how often it occurs and where it is null: not repeated if there is a choice. */
function carrierOf(file: FileStruct): FileType | undefined {
  const usable = file.fields.map((nested) => nested.type).filter(hasLeaves);
  return usable.find((type) => type.kind === "leaf") ?? usable.find((type) => type.kind === "struct") ?? usable[0];
}

function hasLeaves(type: FileType): boolean {
  return type.kind !== "struct" || type.fields.some((nested) => hasLeaves(nested.type));
}

function describe(file: FileType): string {
  switch (file.kind) {
    case "leaf":
      return describeLeaf(file.leaf);
    case "struct":
      return "a struct";
    case "list":
      return "a list";
    case "map":
      return "a map";
  }
}

/** The leaves that have to be read, in the order in which the mini-file has them. */
export function leavesOf(projection: Projection): readonly SchemaLeaf[] {
  switch (projection.kind) {
    case "missing":
      return [];
    case "leaf":
      return [projection.leaf];
    case "struct":
      return projection.carrier === undefined
        ? projection.fields.flatMap((nested) => leavesOf(nested.projection))
        : carrierLeaves(projection.carrier);
    case "list":
      return leavesOf(projection.element);
    case "map":
      return [...leavesOf(projection.key), ...leavesOf(projection.value)];
  }
}

/** One leaf of the carrier is enough. */
export function carrierLeaves(carrier: FileType): readonly SchemaLeaf[] {
  switch (carrier.kind) {
    case "leaf":
      return [carrier.leaf];
    case "struct": {
      const inner = carrierOf(carrier);
      return inner === undefined ? [] : carrierLeaves(inner);
    }
    case "list":
      return carrierLeaves(carrier.element);
    case "map":
      return carrierLeaves(carrier.key);
  }
}
