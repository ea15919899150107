import fc from "fast-check";
import { array, decimal, field, map, struct, types } from "../../src/schema/data-types.js";
import { nameKey } from "../../src/schema/field-names.js";
import type { DataType, Field, StructType } from "../../src/schema/types.js";

export interface ArbitrarySchemaOptions {
  /** Levels of struct, array and map around a flat type; 0 gives flat columns only. Default: 2. */
  readonly maxDepth?: number;
  /** Default: 1. */
  readonly minFields?: number;
  /** Default: 5. */
  readonly maxFields?: number;
  /** The flat types to choose from. Default: all that have values in rows, void aside. */
  readonly flat?: fc.Arbitrary<DataType>;
  /** Whether fields, elements and map values may be `not null`. Default: true. */
  readonly notNull?: boolean;
}

/** Every flat type that has values in rows; decimals of every size. */
export const arbitraryFlatType: fc.Arbitrary<DataType> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<DataType>(types.int, types.string, types.long, types.double) },
  {
    weight: 8,
    arbitrary: fc.constantFrom<DataType>(
      types.byte,
      types.short,
      types.float,
      types.boolean,
      types.binary,
      types.date,
      types.timestamp,
      types.timestamp_ntz,
    ),
  },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 38 }).chain((p) => fc.integer({ min: 0, max: p }).map((s) => decimal(p, s))) },
);

/** Types that can be keys of a map in a test: flat, and equal exactly when JavaScript's `Map` says so. */
const arbitraryKeyType: fc.Arbitrary<DataType> = fc.constantFrom<DataType>(
  types.string,
  types.int,
  types.long,
  types.date,
  types.boolean,
  decimal(12, 2),
);

export function arbitraryType(options: ArbitrarySchemaOptions = {}): fc.Arbitrary<DataType> {
  const { maxDepth = 2, flat = arbitraryFlatType, notNull = true } = options;
  if (maxDepth <= 0) return flat;
  const inner = arbitraryType({ ...options, maxDepth: maxDepth - 1 });
  const nullable = notNull ? fc.boolean() : fc.constant(true);
  return fc.oneof(
    { weight: 6, arbitrary: flat },
    { weight: 1, arbitrary: fc.tuple(inner, nullable).map(([element, containsNull]) => array(element, containsNull)) },
    {
      weight: 1,
      arbitrary: fc.tuple(arbitraryKeyType, inner, nullable).map(([key, value, containsNull]) => map(key, value, containsNull)),
    },
    { weight: 1, arbitrary: arbitrarySchema({ ...options, maxDepth: maxDepth - 1, minFields: 1, maxFields: 3 }) },
  );
}

/** Names that every table can have: no character that needs column mapping. */
export const arbitraryName: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,5}$/) },
  { weight: 1, arbitrary: fc.constantFrom("größe", "名前", "a.b", "x-y", "`", "select", "'q'", "__proto__", "1a", "😀") },
);

export function arbitraryField(options: ArbitrarySchemaOptions = {}): fc.Arbitrary<Field> {
  const nullable = (options.notNull ?? true) ? fc.boolean() : fc.constant(true);
  return fc
    .tuple(arbitraryName, arbitraryType(options), nullable)
    .map(([name, type, isNullable]) => field(name, type, { nullable: isNullable }));
}

/** Schemas that `resolveSchema` accepts; names are unique without regard to case. Shrinks to one nullable int column. */
export function arbitrarySchema(options: ArbitrarySchemaOptions = {}): fc.Arbitrary<StructType> {
  const { minFields = 1, maxFields = 5 } = options;
  return fc
    .uniqueArray(arbitraryField(options), { minLength: minFields, maxLength: maxFields, selector: (f) => nameKey(f.name) })
    .map((fields) => struct(fields));
}
