/**
 * Bags of rows as text, so that they can be compared whole: one line per row, every cell tagged by its type.
 * Values come in the spelling of `rows()`: number, bigint, string, boolean, Uint8Array, object, array, Map, null.
 */
export type Bag = readonly string[];

export function bagOf(rows: readonly Readonly<Record<string, unknown>>[]): Bag {
  return rows.map(rowText).sort();
}

/** The rows that only one side has, for a message; empty when the bags are equal. */
export function bagDifference(actual: Bag, expected: Bag, limit = 5): readonly string[] {
  const counts = new Map<string, number>();
  for (const row of expected) counts.set(row, (counts.get(row) ?? 0) + 1);
  for (const row of actual) counts.set(row, (counts.get(row) ?? 0) - 1);
  const lines: string[] = [];
  for (const [row, count] of counts) {
    if (count === 0 || lines.length >= limit) continue;
    lines.push(count > 0 ? `missing ×${count}: ${row}` : `unexpected ×${-count}: ${row}`);
  }
  return lines;
}

function rowText(row: Readonly<Record<string, unknown>>): string {
  return Object.keys(row)
    .sort()
    .map((name) => `${JSON.stringify(name)}: ${cellText(row[name])}`)
    .join(", ");
}

function cellText(cell: unknown): string {
  if (cell === null) return "null";
  if (typeof cell === "bigint") return `${cell}n`;
  if (typeof cell === "number") return Object.is(cell, -0) ? "-0" : String(cell);
  if (typeof cell === "string" || typeof cell === "boolean") return JSON.stringify(cell);
  if (cell instanceof Uint8Array) return `0x${Buffer.from(cell).toString("hex")}`;
  if (Array.isArray(cell)) return `[${cell.map(cellText).join(", ")}]`;
  if (cell instanceof Map) {
    // The order of a map's entries carries no meaning.
    return `map(${[...cell]
      .map(([key, value]) => `${cellText(key)} => ${cellText(value)}`)
      .sort()
      .join(", ")})`;
  }
  if (typeof cell === "object") return `{${rowText(cell as Record<string, unknown>)}}`;
  return `unsupported ${typeof cell}`;
}
