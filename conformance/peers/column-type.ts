/** A column's type as Delta's schema JSON spells it (PROTOCOL.md "Schema Serialization Format"); drivers take and give it. */
export type ColumnType =
  | string
  | { readonly type: "struct"; readonly fields: readonly ColumnField[] }
  | { readonly type: "array"; readonly elementType: ColumnType; readonly containsNull: true }
  | { readonly type: "map"; readonly keyType: ColumnType; readonly valueType: ColumnType; readonly valueContainsNull: true };

export interface ColumnField {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: true;
  readonly metadata: Readonly<Record<string, never>>;
}

export interface ColumnSchema {
  readonly type: "struct";
  readonly fields: readonly ColumnField[];
}

/** The schema of a program, whose types are written as `map<string,date>`. */
export function columnSchema(schema: Readonly<Record<string, string>>): ColumnSchema {
  return { type: "struct", fields: Object.entries(schema).map(([name, text]) => fieldOf(name, columnType(text))) };
}

export function columnType(text: string): ColumnType {
  const nested = /^(\w+)<(.*)>$/.exec(text);
  if (nested === null) return text === "int" ? "integer" : text;
  const parts = topLevelParts(nested[2] ?? "");
  switch (nested[1]) {
    case "array":
      return { type: "array", elementType: columnType(parts[0] ?? ""), containsNull: true };
    case "map":
      return { type: "map", keyType: columnType(parts[0] ?? ""), valueType: columnType(parts[1] ?? ""), valueContainsNull: true };
    default:
      return { type: "struct", fields: parts.map(namedField) };
  }
}

function namedField(text: string): ColumnField {
  const colon = text.indexOf(":");
  return fieldOf(text.slice(0, colon), columnType(text.slice(colon + 1)));
}

function fieldOf(name: string, type: ColumnType): ColumnField {
  return { name, type, nullable: true, metadata: {} };
}

/** "a,map<b,c>" → "a", "map<b,c>" */
function topLevelParts(text: string): readonly string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "<" || char === "(") depth += 1;
    if (char === ">" || char === ")") depth -= 1;
    if (char === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
