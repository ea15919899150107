import type { BoundExpression } from "../expression/expression.js";
import { conjunction, conjuncts } from "../expression/conjuncts.js";
import { compilePruner } from "../expression/prune.js";
import { referencedSlots } from "../expression/references.js";
import type { Value } from "../schema/value.js";
import { constantBounds, partitionText, type AddSource } from "./data-file-view.js";
import type { Place } from "./protocol/action-fields.js";
import type { PartitionValues } from "./protocol/actions.js";
import { decodePartitionValue } from "./protocol/partition-value.js";
import type { TableConfiguration } from "./protocol/table-configuration.js";

/** Decides on partition values alone; each combination is judged once. */
export interface PartitionPruner {
  mayMatch(texts: PartitionValues, file: Pick<AddSource, "path">, place: Place): boolean;
}

/** What a predicate asks of files. */
export interface FilePredicate {
  /** The conjuncts that use partition columns only; `undefined` when there are none. */
  readonly partition: PartitionPruner | undefined;
  /** The whole predicate when it looks at data columns too; `undefined` when partition values decide it. */
  readonly statistics: BoundExpression | undefined;
}

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
    slots.has(configuration.schema.fields.indexOf(field)) ? [{ field, column: configuration.metadata.partitionColumns[at] ?? field.name }] : [],
  );
  const judged = new Map<string, boolean>();
  return {
    mayMatch(texts, file, place) {
      const found = used.map(({ column }) => partitionText(texts, column, file, place));
      const key = found.length === 1 ? `${found[0] === null ? "" : `=${found[0]}`}` : JSON.stringify(found);
      let verdict = judged.get(key);
      if (verdict === undefined) {
        const values = new Map<string, Value>(used.map(({ field, column }, at) => [field.name, decodePartitionValue(found[at] ?? null, field.type, column, place)]));
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
