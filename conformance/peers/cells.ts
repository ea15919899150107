import type { ModelRow } from "../model/program.js";
import { columnSchema, type ColumnType } from "./column-type.js";

/** A value on its way to or from a peer; see drivers/cells.py for the spelling of each type. */
export type Cell = null | boolean | number | string | readonly Cell[];

/** Columns with the text of their types, and a bag of rows. */
export interface TypedRows {
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Rows in the spelling of `rows()` as cells. */
export function typedRows(schema: Readonly<Record<string, string>>, rows: readonly ModelRow[]): TypedRows {
  const { fields } = columnSchema(schema);
  return { columns: Object.entries(schema), rows: rows.map((row) => fields.map(({ name, type }) => cellOf(type, row[name]))) };
}

export function cellOf(type: ColumnType, value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof type === "string") return atomOf(value);
  switch (type.type) {
    case "array":
      return (value as readonly unknown[]).map((item) => cellOf(type.elementType, item));
    case "map":
      return [...(value as ReadonlyMap<unknown, unknown>)].map(([key, item]) => [
        cellOf(type.keyType, key),
        cellOf(type.valueType, item),
      ]);
    case "struct":
      return type.fields.map((field) => cellOf(field.type, (value as Record<string, unknown>)[field.name]));
  }

  function atomOf(atom: unknown): Cell {
    if (atom instanceof Uint8Array) return Buffer.from(atom).toString("hex");
    if (typeof atom === "bigint") return String(atom);
    if (typeof atom !== "number") return atom as Cell;
    if (type !== "float" && type !== "double") return String(atom);
    if (Object.is(atom, -0)) return "-0.0";
    return Number.isFinite(atom) ? atom : String(atom);
  }
}

/** What two engines disagree on, in lines to read; empty when columns, types and the bags of rows are the same. */
export function difference(actual: TypedRows, expected: TypedRows, limit = 6): readonly string[] {
  const [actualColumns, expectedColumns] = [JSON.stringify(actual.columns), JSON.stringify(expected.columns)];
  if (actualColumns !== expectedColumns) return [`columns ${actualColumns}, expected ${expectedColumns}`];
  const counts = new Map<string, number>();
  for (const row of rowTexts(expected)) counts.set(row, (counts.get(row) ?? 0) + 1);
  for (const row of rowTexts(actual)) counts.set(row, (counts.get(row) ?? 0) - 1);
  const lines = [...counts].filter(([, count]) => count !== 0);
  return lines
    .slice(0, limit)
    .map(([row, count]) => (count > 0 ? `missing ×${count}: ${row}` : `unexpected ×${-count}: ${row}`))
    .concat(lines.length > limit ? [`and ${lines.length - limit} rows more`] : []);
}

function rowTexts({ columns, rows }: TypedRows): readonly string[] {
  const { fields } = columnSchema(Object.fromEntries(columns));
  return rows.map((row) => JSON.stringify(fields.map(({ type }, index) => ordered(type, row[index] ?? null))));
}

/** The order of a map's entries carries no meaning. */
function ordered(type: ColumnType, cell: Cell): Cell {
  if (typeof type === "string" || !Array.isArray(cell)) return cell;
  const items = cell as readonly Cell[];
  switch (type.type) {
    case "array":
      return items.map((item) => ordered(type.elementType, item));
    case "map":
      return items
        .map((entry) => ordered({ type: "struct", fields: entryFields(type.keyType, type.valueType) }, entry))
        .map((entry) => ({ entry, text: JSON.stringify(entry) }))
        .sort((a, b) => (a.text < b.text ? -1 : 1))
        .map(({ entry }) => entry);
    case "struct":
      return items.map((item, index) => ordered(type.fields[index]?.type ?? "string", item));
  }
}

function entryFields(keyType: ColumnType, valueType: ColumnType) {
  return (["key", "value"] as const).map((name) => ({
    name,
    type: name === "key" ? keyType : valueType,
    nullable: true as const,
    metadata: {},
  }));
}
