import { LakeError } from "../../base/errors.js";
import type { DataType, Field, StructType } from "../../schema/types.js";

/** How columns are found in a table's files, statistics and partition values: PROTOCOL.md "Column Mapping". */
export interface FileColumns {
  readonly matchBy: "name" | "id";
  /** The name that files, statistics and partition values have for a field of the schema, nested ones too. */
  nameOf(field: Field): string;
  /** What data files hold, named as they name it: the schema without the partition columns. */
  readonly schema: StructType;
  /** The keys of `partitionValues`, by position of the partition columns. */
  readonly partitionKeys: readonly string[];
  /** Where statistics have what the column at `path`, of the schema's own names through structs only, is said of. */
  find(path: readonly string[]): FoundColumn | undefined;
}

export interface FoundColumn {
  readonly type: DataType;
  /** The names by which it is reached in files and statistics. */
  readonly path: readonly string[];
  /** PROTOCOL.md "Type Widening": a double that was a float once. */
  readonly wasFloat: boolean;
}

export type MappingMode = "none" | "name" | "id";

const modes: ReadonlySet<string> = new Set<MappingMode>(["none", "name", "id"]);

/** @throws delta/unsupported-feature  a mode that nobody has heard of */
export function mappingMode(configuration: ReadonlyMap<string, string>): MappingMode {
  const text = configuration.get("delta.columnMapping.mode") ?? "none";
  const mode = text.toLowerCase();
  if (modes.has(mode)) return mode as MappingMode;
  throw new LakeError(
    "delta/unsupported-feature",
    `The table finds its columns by delta.columnMapping.mode = "${text}", which laketable does not know (none, name and id it does). ` +
      "Use a newer release, or the engine that wrote the table.",
    { features: ["columnMapping"], mode: text },
  );
}

/** @param partitionFields  fields of `schema`; `partitionColumns` has their names as the metadata spells them */
export function fileColumns(
  mode: MappingMode,
  schema: StructType,
  partitionFields: readonly Field[],
  partitionColumns: readonly string[],
): FileColumns {
  const dataFields = schema.fields.filter((field) => !partitionFields.includes(field));
  const stored: StructType = { kind: "struct", fields: dataFields };
  if (mode === "none") {
    return {
      matchBy: "name",
      nameOf: ({ name }) => name,
      schema: stored,
      partitionKeys: partitionFields.map(({ name }, at) => partitionColumns[at] ?? name),
      find: (path) => findColumn(stored, path, ({ name }) => name),
    };
  }
  return {
    // By id a column of the file is found whatever its name; statistics and partition values have the physical name all the same.
    matchBy: mode,
    nameOf: physicalName,
    schema: physicalStruct(stored),
    partitionKeys: partitionFields.map(physicalName),
    find: (path) => findColumn(stored, path, physicalName),
  };
}

/** A field without one goes by its own, as Spark has it. */
function physicalName({ name, metadata }: Field): string {
  const physical = metadata["delta.columnMapping.physicalName"];
  return typeof physical === "string" ? physical : name;
}

function physicalStruct({ fields }: StructType): StructType {
  return { kind: "struct", fields: fields.map((field) => ({ ...field, name: physicalName(field), type: physicalType(field.type) })) };
}

function physicalType(type: DataType): DataType {
  switch (type.kind) {
    case "struct":
      return physicalStruct(type);
    case "array":
      return { ...type, element: physicalType(type.element) };
    case "map":
      return { ...type, key: physicalType(type.key), value: physicalType(type.value) };
    default:
      return type;
  }
}

function findColumn(schema: StructType, path: readonly string[], nameOf: (field: Field) => string): FoundColumn | undefined {
  let type: DataType = schema;
  let last: Field | undefined;
  const names: string[] = [];
  for (const name of path) {
    if (type.kind !== "struct") return undefined;
    const field: Field | undefined = type.fields.find((candidate) => candidate.name === name);
    if (field === undefined) return undefined;
    names.push(nameOf(field));
    last = field;
    type = field.type;
  }
  return { type, path: names, wasFloat: type.kind === "double" && last !== undefined && wasFloat(last) };
}

function wasFloat({ metadata }: Field): boolean {
  const changes = metadata["delta.typeChanges"];
  return Array.isArray(changes) && changes.some((change: { readonly fromType?: unknown } | null) => change?.fromType === "float");
}
