import { LakeError } from "../base/errors.js";
import { term } from "../base/wording.js";
import { assignability } from "./assignability.js";
import { array, asNullable, field, map, struct } from "./data-types.js";
import { assertNoCaseDuplicates, findField, formatPath, nameKey } from "./field-names.js";
import { formatType } from "./type-text.js";
import type { DataType, Field, StructType } from "./types.js";

export { assertNoCaseDuplicates, findField, findFieldIndex } from "./field-names.js";

export interface MergeSchemasOptions {
  /** Whether columns that the table lacks are added (`mergeSchema`) or refused. Default: true. */
  readonly allowNew?: boolean;
}

/**
 * The table's schema after taking in data of another schema, as Spark's `mergeSchema`: what the table has keeps its spelling, type
 * and place; what it lacks is added at the end of its struct, nullable throughout, at any depth of structs, arrays and maps.
 * Columns that the data lacks are no matter.
 *
 * A type of the data may differ from the table's where values can be assigned (`assignability`), narrower or wider: those that do
 * not fit are refused one by one as they are written. The table's type never changes here; that would be type widening. Only `void`,
 * the type of nothing but nulls, gives way to the data's.
 *
 * @returns `table` itself when nothing changes
 * @throws schema/incompatible when a type cannot be assigned, schema/unknown-column for a new column without `allowNew`,
 *   schema/duplicate-column when the data's columns differ only by case
 */
export function mergeSchemas(table: StructType, incoming: StructType, options: MergeSchemasOptions = {}): StructType {
  assertNoCaseDuplicates(incoming);
  return mergeStructs(table, incoming, { allowNew: options.allowNew ?? true, path: [] });
}

interface Place {
  readonly allowNew: boolean;
  readonly path: readonly string[];
}

function inside(place: Place, name: string): Place {
  return { ...place, path: [...place.path, name] };
}

function mergeStructs(table: StructType, incoming: StructType, place: Place): StructType {
  const byKey = new Map(incoming.fields.map((f) => [nameKey(f.name), f]));
  const kept = table.fields.map((known) => {
    const other = byKey.get(nameKey(known.name));
    return other === undefined ? known : mergeFields(known, other, inside(place, known.name));
  });
  const added = incoming.fields.filter((f) => findField(table, f.name) === undefined).map((f) => newField(f, table, place));
  const changed = added.length > 0 || kept.some((f, i) => f !== table.fields[i]);
  return changed ? struct([...kept, ...added]) : table;
}

function mergeFields(known: Field, other: Field, place: Place): Field {
  const type = mergeTypes(known.type, other.type, place);
  return type === known.type ? known : field(known.name, type, { nullable: known.nullable, metadata: known.metadata });
}

function mergeTypes(table: DataType, incoming: DataType, place: Place): DataType {
  if (table.kind === "void" && incoming.kind !== "void") {
    return place.allowNew ? asNullable(incoming) : refuseChange(table, incoming, place);
  }
  if (table.kind === "struct" && incoming.kind === "struct") return mergeStructs(table, incoming, place);
  if (table.kind === "array" && incoming.kind === "array") {
    const element = mergeTypes(table.element, incoming.element, inside(place, "element"));
    return element === table.element ? table : array(element, table.containsNull);
  }
  if (table.kind === "map" && incoming.kind === "map") {
    const key = mergeTypes(table.key, incoming.key, inside(place, "key"));
    const value = mergeTypes(table.value, incoming.value, inside(place, "value"));
    return key === table.key && value === table.value ? table : map(key, value, table.valueContainsNull);
  }
  return assignability(incoming, table) === "no" ? refuseChange(table, incoming, place) : table;
}

function newField(incoming: Field, table: StructType, place: Place): Field {
  const column = formatPath([...place.path, incoming.name]);
  if (!place.allowNew) {
    const columns = table.fields.map((f) => f.name);
    const owner = place.path.length === 0 ? "the table" : `the table's column "${formatPath(place.path)}"`;
    throw new LakeError(
      "schema/unknown-column",
      [
        `The data has the column "${column}", which ${owner} lacks (it has ${columns.join(", ")}). Pass `,
        term("merge-schema"),
        " to add it, or leave it out of the data.",
      ],
      { column, columns },
    );
  }
  return field(incoming.name, asNullable(incoming.type), { metadata: ownMetadata(incoming) });
}

/** Metadata without what belongs to the table it came from: keys with a namespace (ids, generation expressions, …) and defaults. */
function ownMetadata(incoming: Field): Record<string, unknown> {
  const foreign = /\.|_DEFAULT$/;
  return Object.fromEntries(Object.entries(incoming.metadata).filter(([key]) => !foreign.test(key)));
}

function refuseChange(table: DataType, incoming: DataType, place: Place): never {
  const column = formatPath(place.path);
  const [tableType, incomingType] = [formatType(table), formatType(incoming)];
  throw new LakeError(
    "schema/incompatible",
    `Column "${column}" is ${tableType} in the table and ${incomingType} in the data, which cannot be written into it. ` +
      `Cast the data to ${tableType}, or give the column another name.`,
    { column, tableType, incomingType },
  );
}
