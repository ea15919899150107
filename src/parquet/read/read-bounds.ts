import type { Bounds, ColumnBounds } from "../../expression/bounds.js";
import type { BoundExpression } from "../../expression/expression.js";
import { isSameInEveryCalendar, type FileCalendar } from "../metadata/calendar.js";
import type { FileMetadata, RowGroup } from "../metadata/file-metadata.js";
import { boundPair, statisticsBounds } from "../metadata/leaf-bounds.js";
import { holdsDays } from "../metadata/leaf-conversion.js";
import type { ColumnIndex, OffsetIndex } from "../metadata/page-index.js";
import type { ProjectedLeaf, Projection } from "../adapt/projection.js";

/** Where the values of one reference of a predicate come from. */
export interface BoundReference {
  readonly path: readonly string[];
  /** `undefined`: nothing can be told of it (lists, maps, whole structs). `"null"`: the file lacks it. */
  readonly source: ProjectedLeaf | "null" | undefined;
}

/**
 * The references of a predicate in the file's terms. They are found by slot: a top-level name of the predicate may be the
 * name of another column in the file.
 */
export function boundReferences(where: BoundExpression, projections: readonly Projection[]): readonly BoundReference[] {
  const found = new Map<string, BoundReference>();
  const visit = (expression: BoundExpression): void => {
    switch (expression.kind) {
      case "literal":
        return;
      case "reference": {
        const { slot, path } = expression;
        found.set(path.join("\0"), { path, source: sourceOf(projections[slot], path.slice(1)) });
        return;
      }
      case "call":
        return expression.args.forEach(visit);
      case "cast":
        return visit(expression.child);
      case "case":
        for (const branch of expression.branches) {
          visit(branch.when);
          visit(branch.then);
        }
        if (expression.otherwise !== undefined) visit(expression.otherwise);
    }
  };
  visit(where);
  return [...found.values()];
}

function sourceOf(projection: Projection | undefined, names: readonly string[]): BoundReference["source"] {
  if (projection === undefined) return undefined;
  if (projection.kind === "missing") return "null";
  const [name, ...rest] = names;
  if (name === undefined) return projection.kind === "leaf" && projection.leaf.repetitionLevel === 0 ? projection : undefined;
  if (projection.kind !== "struct") return undefined;
  return sourceOf(projection.fields.find((nested) => nested.name === name)?.projection, rest);
}

/** What the footer says of a row group. */
export function rowGroupBounds(
  metadata: FileMetadata,
  group: RowGroup,
  references: readonly BoundReference[],
  calendar: FileCalendar,
): Bounds {
  return boundsOf(group.rowCount, { references, calendar }, (source) => {
    const order = metadata.columnOrders?.[source.leaf.leafIndex];
    const statistics = group.columns[source.leaf.leafIndex]?.metadata?.statistics;
    return statisticsBounds(source, statistics, { hasTypeOrder: order === undefined || order.kind === "type" });
  });
}

/** What bounds are asked for, and what the values of the file mean. */
export interface PageFacts {
  readonly references: readonly BoundReference[];
  readonly calendar: FileCalendar;
}

/** The page indexes of one column chunk. */
export interface ChunkPages {
  readonly offsetIndex: OffsetIndex;
  readonly columnIndex: ColumnIndex | undefined;
}

/** What the page indexes say of the rows `[start, end)` of a row group, which lie within one page of every column. */
export function pageBounds(
  rows: { readonly start: number; readonly end: number },
  rowGroupRows: number,
  facts: PageFacts,
  pagesOf: (leafIndex: number) => ChunkPages | undefined,
): Bounds {
  const rowCount = rows.end - rows.start;
  return boundsOf(rowCount, facts, (source) => {
    const pages = pagesOf(source.leaf.leafIndex);
    if (pages?.columnIndex === undefined) return source.leaf.definitionLevel === 0 ? { nullCount: 0 } : undefined;
    const { nullPages, nullCounts, minValues, maxValues } = pages.columnIndex;
    const { firstRows } = pages.offsetIndex;
    const page = pageOfRow(firstRows, rows.start);
    if (nullPages[page] === true) return { nullCount: rowCount };
    const isWholePage = firstRows[page] === rows.start && (firstRows[page + 1] ?? rowGroupRows) === rows.end;
    const counted = source.leaf.definitionLevel === 0 ? 0 : nullCounts?.[page];
    const nullCount = counted === 0 || isWholePage ? counted : undefined;
    return { ...(nullCount === undefined ? {} : { nullCount }), ...boundPair(source, minValues[page], maxValues[page]) };
  });
}

/** The page that holds row `row` of the row group. */
export function pageOfRow(firstRows: readonly number[], row: number): number {
  let low = 0;
  let high = firstRows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((firstRows[middle] ?? Infinity) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

function boundsOf(
  rowCount: number,
  { references, calendar }: PageFacts,
  leafBounds: (source: ProjectedLeaf) => ColumnBounds | undefined,
): Bounds {
  const known = new Map<string, ColumnBounds | undefined>();
  for (const { path, source } of references) {
    if (source === undefined) continue;
    known.set(path.join("\0"), source === "null" ? { nullCount: rowCount } : inCalendar(source, leafBounds(source), calendar));
  }
  return { rowCount, column: (path) => known.get(path.join("\0")) };
}

/** Bounds are in the file's calendar. What is old enough to mean another day there bounds nothing. */
function inCalendar(leaf: ProjectedLeaf, bounds: ColumnBounds | undefined, calendar: FileCalendar): ColumnBounds | undefined {
  const own = holdsDays(leaf) ? calendar.dates : leaf.type.kind === "timestamp" ? calendar.timestamps : "proleptic";
  if (bounds === undefined || own === "proleptic") return bounds;
  if (isSameInEveryCalendar(bounds.min) && isSameInEveryCalendar(bounds.max)) return bounds;
  return bounds.nullCount === undefined ? {} : { nullCount: bounds.nullCount };
}
