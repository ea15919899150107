import type { BoundExpression } from "../expression/expression.js";
import { conjunction, conjuncts } from "../expression/conjuncts.js";
import { compilePruner } from "../expression/prune.js";
import { referencedSlots } from "../expression/references.js";
import type { Value } from "../schema/value.js";
import { constantBounds } from "./data-file-view.js";
import type { Place } from "./protocol/action-fields.js";
import { decodePartitionValue } from "./protocol/partition-value.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";

/** Decides on partition values alone; each combination is judged once. */
export interface PartitionPruner {
  /** The partition columns that it looks at, as `partitionValues` name them. */
  readonly columns: readonly string[];
  /** @param texts serialized values by position of `columns`. @throws delta/corrupt-log  a text that is no value of its column */
  mayMatch(texts: readonly (string | null)[], place: Place): boolean;
}

/** What a predicate asks of files. */
export interface FilePredicate {
  /** The conjuncts that use partition columns only; `undefined` when there are none. */
  readonly partition: PartitionPruner | undefined;
  /** The whole predicate when it looks at data columns too; `undefined` when partition values decide it. */
  readonly statistics: BoundExpression | undefined;
}

/** What became of a file: kept, or dropped and by what. */
export type Verdict = "kept" | "partition" | "statistics";

export function filePredicate(where: BoundExpression | undefined, configuration: TableConfiguration): FilePredicate {
  if (where === undefined) return { partition: undefined, statistics: undefined };
  const { schema, partitionFields } = configuration;
  const isPartitionSlot = (slot: number): boolean => partitionFields.some((field) => field === schema.fields[slot]);
  const onPartitions = conjuncts(where).filter((part) => [...referencedSlots(part)].every(isPartitionSlot));
  const decidedByPartition = onPartitions.length === conjuncts(where).length;
  return {
    partition: onPartitions.length === 0 ? undefined : partitionPruner(conjunction(onPartitions), configuration),
    statistics: decidedByPartition ? undefined : where,
  };
}

function partitionPruner(predicate: BoundExpression, configuration: TableConfiguration): PartitionPruner {
  const mayMatch = compilePruner(predicate);
  const slots = referencedSlots(predicate);
  const used = configuration.partitionFields.flatMap((field, at) =>
    slots.has(configuration.schema.fields.indexOf(field)) ? [{ field, column: configuration.files.partitionKeys[at] ?? field.name }] : [],
  );
  const judged = new Map<string, boolean>();
  return {
    columns: used.map(({ column }) => column),
    mayMatch(texts, place) {
      const key = texts.length === 1 ? `${texts[0] === null ? "" : `=${texts[0]}`}` : JSON.stringify(texts);
      let verdict = judged.get(key);
      if (verdict === undefined) {
        const values = new Map<string, Value>(
          used.map(({ field, column }, at) => [field.name, decodePartitionValue(texts[at] ?? null, field.type, column, place)]),
        );
        // As if of one row: then "all null" and "none null" are known.
        verdict = mayMatch({ rowCount: 1, column: ([name]) => boundsAt(values, name) });
        judged.set(key, verdict);
      }
      return verdict;
    },
  };
}

function boundsAt(values: ReadonlyMap<string, Value>, name: string | undefined): ReturnType<typeof constantBounds> | undefined {
  const value = name === undefined ? undefined : values.get(name);
  return value === undefined ? undefined : constantBounds(value, 1);
}
