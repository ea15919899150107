import { LakeError } from "../base/errors.js";
import type { DataType, Field, StructType } from "./types.js";

/** The form of a name under which columns are one and the same: names are matched without regard to case, as in Spark. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

/** The field of that name, in any case. */
export function findField(schema: StructType, name: string): Field | undefined {
  const index = findFieldIndex(schema, name);
  return index < 0 ? undefined : schema.fields[index];
}

/** The position of the field of that name, in any case; -1 when there is none. */
export function findFieldIndex(schema: StructType, name: string): number {
  const exact = schema.fields.findIndex((field) => field.name === name);
  if (exact >= 0) return exact;
  const key = nameKey(name);
  return schema.fields.findIndex((field) => nameKey(field.name) === key);
}

/** A place in a schema as it is written: `address.city`, `tags.element`. */
export function formatPath(path: readonly string[]): string {
  return path.join(".");
}

/** Calls `visit` for every struct in the type, the outermost first, with its path. */
export function visitStructs(
  type: DataType,
  visit: (struct: StructType, path: readonly string[]) => void,
  path: readonly string[] = [],
): void {
  switch (type.kind) {
    case "struct":
      visit(type, path);
      for (const field of type.fields) visitStructs(field.type, visit, [...path, field.name]);
      return;
    case "array":
      return visitStructs(type.element, visit, [...path, "element"]);
    case "map":
      visitStructs(type.key, visit, [...path, "key"]);
      return visitStructs(type.value, visit, [...path, "value"]);
    default:
      return;
  }
}

/** @throws schema/duplicate-column when two fields of one struct, at any depth, differ only by case or not at all */
export function assertNoCaseDuplicates(schema: StructType): void {
  visitStructs(schema, (struct, path) => {
    const seen = new Map<string, string>();
    for (const { name } of struct.fields) {
      const other = seen.get(nameKey(name));
      if (other !== undefined) {
        const [first, second] = [formatPath([...path, other]), formatPath([...path, name])];
        throw new LakeError(
          "schema/duplicate-column",
          first === second
            ? `There are two columns "${first}". Rename one of them.`
            : `The columns "${first}" and "${second}" have the same name: names are matched without regard to case. Rename one of them.`,
          { columns: [first, second] },
        );
      }
      seen.set(nameKey(name), name);
    }
  });
}

// The characters that Spark refuses in a name while columns are stored under their own names.
const forbidden = /[ ,;{}()\n\t=]/;

/**
 * The names that Parquet files can carry as they are.
 *
 * @throws schema/invalid for an empty name and for one with a space or one of `,;{}()=`, tab or newline (PROTOCOL.md "Column
 *   Mapping": such names need it)
 */
export function assertPlainNames(schema: StructType): void {
  visitStructs(schema, (struct, path) => {
    for (const { name } of struct.fields) {
      const column = formatPath([...path, name]);
      if (name === "") {
        const where = path.length === 0 ? "A column" : `A field of "${formatPath(path)}"`;
        throw new LakeError("schema/invalid", `${where} has an empty name. Give every column a name.`, { column });
      }
      const found = forbidden.exec(name)?.[0];
      if (found !== undefined) {
        throw new LakeError(
          "schema/invalid",
          `The column name ${JSON.stringify(column)} has the character ${JSON.stringify(found)}. Names with a space or one of ,;{}()= ` +
            `tab or newline need column mapping, which this table does not have. Rename the column, for example to ` +
            `${JSON.stringify(name.replace(/[ ,;{}()\n\t=]+/g, "_"))}.`,
          { column, character: found },
        );
      }
    }
  });
}
