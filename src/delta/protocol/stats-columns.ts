import { isNumeric, isTimestamp } from "../../schema/data-types.js";
import type { DataType, StructType } from "../../schema/types.js";
import { properties, readProperty } from "./properties.js";

/** The columns that statistics are kept of, as a tree that mirrors the schema. */
export type StatsColumn =
  | {
      readonly kind: "leaf";
      readonly name: string;
      /** Names from the top-level column down. */
      readonly path: readonly string[];
      readonly type: DataType;
      /** Whether minimum and maximum are kept; the count of nulls always is. */
      readonly hasBounds: boolean;
    }
  | { readonly kind: "struct"; readonly name: string; readonly fields: readonly StatsColumn[] };

/**
 * Which columns statistics are kept of: those named by `delta.dataSkippingStatsColumns`, else the first
 * `delta.dataSkippingNumIndexedCols` leaves (-1: all), depth first, without the partition columns. An array or map counts as
 * one leaf and has a count of nulls only, as have binary and boolean columns (Spark's `StatisticsCollection`,
 * `SkippingEligibleDataType`).
 */
export function statsColumns(
  schema: StructType,
  partitionBy: readonly string[],
  configuration: ReadonlyMap<string, string>,
): readonly StatsColumn[] {
  const stored: StructType = { kind: "struct", fields: schema.fields.filter(({ name }) => !partitionBy.includes(name)) };
  const named = readProperty(configuration, properties.dataSkippingStatsColumns);
  if (named !== undefined) {
    const paths = named.map((text) => identifierParts(text).map((part) => part.toLowerCase()));
    return selected(stored, [], (path) => paths.some((wanted) => wanted.every((part, at) => part === path[at]?.toLowerCase())));
  }
  const limit = readProperty(configuration, properties.dataSkippingNumIndexedCols);
  let left = limit === -1 ? Number.POSITIVE_INFINITY : limit;
  return selected(stored, [], () => left-- > 0);
}

/** The leaves below `type` that are wanted; asked for in schema order. */
function selected(type: StructType, above: readonly string[], isWanted: (path: readonly string[]) => boolean): readonly StatsColumn[] {
  return type.fields.flatMap((field): readonly StatsColumn[] => {
    const path = [...above, field.name];
    if (field.type.kind === "struct") {
      const fields = selected(field.type, path, isWanted);
      return fields.length === 0 ? [] : [{ kind: "struct", name: field.name, fields }];
    }
    if (!isWanted(path)) return [];
    return [{ kind: "leaf", name: field.name, path, type: field.type, hasBounds: keepsBounds(field.type) }];
  });
}

function keepsBounds(type: DataType): boolean {
  return isNumeric(type) || isTimestamp(type) || type.kind === "date" || type.kind === "string";
}

/** The parts of `a.b` or `` `odd.name`.b ``. */
function identifierParts(text: string): readonly string[] {
  const parts = text.match(/`(?:[^`]|``)*`|[^.`]+/g) ?? [];
  return parts.map((part) => (part.startsWith("`") ? part.slice(1, -1).replaceAll("``", "`") : part.trim()));
}
