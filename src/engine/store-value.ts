import { LakeError } from "../base/errors.js";
import type { Column } from "../columnar/column.js";
import { castColumn } from "../expression/cast.js";
import { typesEqual } from "../schema/data-types.js";
import { formatType } from "../schema/type-text.js";
import type { DataType } from "../schema/types.js";

/** Where values go: a column, or a nested field by its path. */
export interface StoreTarget {
  readonly name: string;
  readonly type: DataType;
}

/**
 * Values in the type of the column that takes them, by Spark's ANSI store assignment; structs go field by field by name, and
 * fields that are missing are null.
 *
 * @throws schema/overflow       a number that does not fit
 * @throws schema/invalid-value  another value that does not
 */
export function storeValues(column: Column, from: DataType, { name, type }: StoreTarget): Column {
  if (typesEqual(from, type, { nullability: "ignore" })) return column;
  try {
    return castColumn(column, from, type, { onError: "fail", structs: "name" });
  } catch (error) {
    if (!LakeError.is(error, "expression/evaluation")) throw error;
    const { value, to = formatType(type) } = error.context;
    throw new LakeError(
      /^(byte|short|int|long|float|double|decimal)/.test(String(to)) ? "schema/overflow" : "schema/invalid-value",
      `The value ${String(value)} for column "${name}" does not fit its type ${String(to)}. ` +
        "Nothing was committed; correct the row, or widen the column.",
      { column: name, columnType: formatType(type), dataType: formatType(from), value },
      error,
    );
  }
}
