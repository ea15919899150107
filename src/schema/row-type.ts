import type { ArrowSchemaLike } from "./arrow-shape.js";
import type { ColumnInput } from "./column-input.js";
import type { RowOptions } from "./row-options.js";
import type { ParseColumn, TypeShape } from "./type-shape.js";
import type { StructType } from "./types.js";

export type { RowOptions } from "./row-options.js";

/** A row of a table whose schema the compiler does not see: values by column name. */
export type Row = Record<string, unknown>;

/**
 * The rows of a table with this schema, as `rows()` yields them: `RowOf<{ id: "long not null"; tags: "array<string>" }>` is
 * `{ id: bigint; tags: (string | null)[] | null }`. Inferred from a schema literal or a column list; from an Arrow Schema or a
 * StructType, and for texts that are not known at compile time, values are `unknown`.
 */
export type RowOf<S, O extends RowOptions = Record<never, never>> = S extends readonly ColumnInput[]
  ? Plain<{ [C in S[number] as C["name"]]: ColumnValue<C, O> }>
  : S extends OpaqueSchema
    ? Row
    : Plain<{ -readonly [K in keyof S]: TextValue<S[K], O> }>;

/** What `append` and `merge` take as rows of such a table: nullable columns may be absent, and more forms of a value are allowed. */
export type RowInputOf<S> = S extends readonly ColumnInput[]
  ? Plain<
      { [C in S[number] as ColumnIsNullable<C> extends true ? never : C["name"]]: ColumnInputValue<C> } & {
        [C in S[number] as ColumnIsNullable<C> extends true ? C["name"] : never]?: ColumnInputValue<C> | undefined;
      }
    >
  : S extends OpaqueSchema
    ? Row
    : Plain<
        { -readonly [K in keyof S as IsNullableText<S[K]> extends true ? never : K]: TextInput<S[K]> } & {
          -readonly [K in keyof S as IsNullableText<S[K]> extends true ? K : never]?: TextInput<S[K]> | undefined;
        }
      >;

/** The names of a schema's columns; any string where they are not known at compile time. */
export type ColumnNameOf<S> = S extends readonly ColumnInput[] ? S[number]["name"] : S extends OpaqueSchema ? string : keyof S & string;

/** Schemas whose columns the compiler does not see. */
type OpaqueSchema = StructType | ArrowSchemaLike;

/** Makes an intersection readable in messages and comparable as a type. */
type Plain<T> = { [K in keyof T]: T[K] };

type IsNullableText<T> = T extends string ? (ParseColumn<T> extends { nullable: false } ? false : true) : true;

type ColumnIsNullable<C extends ColumnInput> = C extends { readonly nullable: false } ? false : IsNullableText<C["type"]>;

type TextValue<T, O extends RowOptions> = T extends string ? OutOf<ParseColumn<T>, O> : unknown;
type TextInput<T> = T extends string ? InOf<ParseColumn<T>> : unknown;

type ColumnShape<C extends ColumnInput> = C["type"] extends string
  ? C extends { readonly nullable: false }
    ? NotNull<ParseColumn<C["type"]>>
    : ParseColumn<C["type"]>
  : { kind: "unknown"; nullable: true };
type NotNull<S extends TypeShape> = Omit<S, "nullable"> & { nullable: false } extends infer R extends TypeShape ? R : never;

type ColumnValue<C extends ColumnInput, O extends RowOptions> = OutOf<ColumnShape<C>, O>;
type ColumnInputValue<C extends ColumnInput> = InOf<ColumnShape<C>>;

type OrNull<S extends TypeShape, T> = unknown extends T ? unknown : S["nullable"] extends false ? T : T | null;

/** A value of a shape as rows give it. */
type OutOf<S extends TypeShape, O extends RowOptions> = OrNull<S, OutPresent<S, O>>;

type OutPresent<S extends TypeShape, O extends RowOptions> = S extends { kind: "flat"; name: infer N }
  ? OutFlat<N, O>
  : S extends { kind: "array"; element: infer E extends TypeShape }
    ? OutOf<E, O>[]
    : S extends { kind: "map"; key: infer K extends TypeShape; value: infer V extends TypeShape }
      ? O extends { readonly map: "object" }
        ? Record<string, OutOf<V, O>>
        : Map<OutPresent<K, O>, OutOf<V, O>>
      : S extends { kind: "struct"; fields: infer F extends Record<string, TypeShape> }
        ? { [K in keyof F]: OutOf<F[K], O> }
        : unknown;

type OutFlat<N, O extends RowOptions> = N extends "long"
  ? O extends { readonly long: "number" }
    ? number
    : O extends { readonly long: "string" }
      ? string
      : bigint
  : N extends "decimal"
    ? O extends { readonly decimal: "number" }
      ? number
      : string
    : N extends "timestamp" | "timestamp_ntz"
      ? O extends { readonly timestamp: "date" }
        ? Date
        : O extends { readonly timestamp: "micros" }
          ? bigint
          : string
      : N extends keyof SameBothWays
        ? SameBothWays[N]
        : unknown;

interface SameBothWays {
  byte: number;
  short: number;
  int: number;
  float: number;
  double: number;
  boolean: boolean;
  string: string;
  binary: Uint8Array;
  date: string;
  void: null;
}

/** A value of a shape as rows take it. */
type InOf<S extends TypeShape> = OrNull<S, InPresent<S>>;

type InPresent<S extends TypeShape> = S extends { kind: "flat"; name: infer N }
  ? InFlat<N>
  : S extends { kind: "array"; element: infer E extends TypeShape }
    ? readonly InOf<E>[]
    : S extends { kind: "map"; key: infer K extends TypeShape; value: infer V extends TypeShape }
      ? ReadonlyMap<InPresent<K>, InOf<V>> | { readonly [key: string]: InOf<V> }
      : S extends { kind: "struct"; fields: infer F extends Record<string, TypeShape> }
        ? Plain<
            { readonly [K in keyof F as F[K]["nullable"] extends false ? K : never]: InOf<F[K]> } & {
              readonly [K in keyof F as F[K]["nullable"] extends false ? never : K]?: InOf<F[K]> | undefined;
            }
          >
        : unknown;

type InFlat<N> = N extends "long"
  ? bigint | number
  : N extends "decimal"
    ? string | number
    : N extends "timestamp" | "timestamp_ntz"
      ? string | Date | bigint
      : N extends keyof SameBothWays
        ? SameBothWays[N]
        : unknown;
