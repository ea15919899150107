import { LakeError } from "../base/errors.js";
import { term } from "../base/wording.js";
import { HOLE, describeCell, isAbsent } from "./cell-list.js";
import { formatPath, nameKey } from "./field-names.js";
import type { Field } from "./types.js";

/** Whether a value can be a row or a struct: an object with fields, not one of the kinds that stand for something else. */
export function isPlainRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Map) &&
    !(value instanceof Set) &&
    !ArrayBuffer.isView(value)
  );
}

export interface SplitRecords {
  /** The cells of each field, one per record; absent fields are `undefined`, those of absent records `HOLE`. */
  readonly columns: readonly unknown[][];
  /** For each field whether any record has it. */
  readonly present: readonly boolean[];
}

/**
 * Takes records apart by field. Names are matched without regard to case.
 *
 * @param path names around the fields, for messages
 * @throws schema/unknown-field for a name that is no field, schema/duplicate-column for two names of one field in one record
 */
export function splitRecords(
  records: readonly unknown[],
  fields: readonly Field[],
  path: readonly string[],
  rowOf: (index: number) => number,
): SplitRecords {
  const columns = fields.map(() => new Array<unknown>(records.length).fill(undefined));
  const present = fields.map(() => false);
  const positions = fieldPositions(fields);
  for (let i = 0; i < records.length; i += 1) {
    const record = records[i];
    if (isAbsent(record)) {
      for (const column of columns) column[i] = HOLE;
      continue;
    }
    const cells = record as Record<string, unknown>;
    for (const name of Object.keys(cells)) {
      const value = cells[name];
      if (value === undefined) continue;
      const position = positions(name);
      const column = columns[position];
      if (column === undefined) throw unknownField(name, value, { fields, path, row: rowOf(i) });
      if (column[i] !== undefined) throw twice(name, fields[position], { path, row: rowOf(i) });
      column[i] = value;
      present[position] = true;
    }
  }
  return { columns, present };
}

/** Finds the position of a name; -1 when there is none. Spellings met once are remembered. */
export function fieldPositions(fields: readonly Field[]): (name: string) => number {
  const known = new Map(fields.map((field, i) => [field.name, i]));
  const byKey = new Map(fields.map((field, i) => [nameKey(field.name), i]));
  return (name) => {
    const position = known.get(name);
    if (position !== undefined) return position;
    const other = byKey.get(nameKey(name)) ?? -1;
    if (other >= 0) known.set(name, other);
    return other;
  };
}

interface RecordPlace {
  readonly path: readonly string[];
  readonly row: number;
}

function unknownField(name: string, value: unknown, place: RecordPlace & { readonly fields: readonly Field[] }): LakeError {
  const column = formatPath([...place.path, name]);
  const owner = place.path.length === 0 ? "The columns" : `The fields of "${formatPath(place.path)}"`;
  const known = place.fields.map((field) => field.name);
  return new LakeError(
    "schema/unknown-field",
    [
      { row: place.row },
      ` has the field "${column}" (${describeCell(value)}), which the schema lacks. ${owner} are ${known.join(", ")}. ` +
        "Correct the name, leave the field out, or pass ",
      term("merge-schema"),
      " to add it.",
    ],
    { column, row: place.row, value: describeCell(value), known },
  );
}

function twice(name: string, field: Field | undefined, place: RecordPlace): LakeError {
  const column = formatPath([...place.path, field?.name ?? name]);
  return new LakeError(
    "schema/duplicate-column",
    [
      { row: place.row },
      ` has the column "${column}" twice, once as "${name}": names are matched without regard to case. Keep one of them.`,
    ],
    { column, row: place.row, name },
  );
}
