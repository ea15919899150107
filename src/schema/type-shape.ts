/**
 * The parser of type texts once more, for the compiler: `ParseColumn<"array<int> not null">` is the shape of the type. It follows
 * the grammar of `parseType`; what it cannot read, and texts that are not literals, have the shape "unknown".
 */
export type TypeShape =
  | { readonly kind: "flat"; readonly name: string; readonly nullable: boolean }
  | { readonly kind: "array"; readonly element: TypeShape; readonly nullable: boolean }
  | { readonly kind: "map"; readonly key: TypeShape; readonly value: TypeShape; readonly nullable: boolean }
  | { readonly kind: "struct"; readonly fields: Record<string, TypeShape>; readonly nullable: boolean }
  | { readonly kind: "unknown"; readonly nullable: boolean };

/** The shape of a column's text: a type, `not null`, a comment. */
export type ParseColumn<Text extends string> = string extends Text
  ? Unknown
  : ReadType<Trim<Text>> extends [infer Shape extends TypeShape, infer Rest extends string]
    ? ReadNullability<Shape, Rest> extends [infer Whole extends TypeShape, infer End extends string]
      ? AtEnd<End> extends true
        ? Whole
        : Unknown
      : Unknown
    : Unknown;

type Unknown = { kind: "unknown"; nullable: true };

type Space = " " | "\n" | "\t" | "\r";
type Trim<S extends string> = S extends `${Space}${infer Rest}` ? Trim<Rest> : S;

/** After the type of a column come nothing and comments. */
type AtEnd<S extends string> = Trim<S> extends "" ? true : Lowercase<Trim<S>> extends `comment${string}` ? true : false;

/** What has a lower and an upper case is a letter. */
type IsWordCharacter<C extends string> = C extends Digit | "_" ? true : Lowercase<C> extends Uppercase<C> ? false : true;
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";

/** [the word, what follows] */
type ReadWord<S extends string, Word extends string = ""> = S extends `${infer First}${infer Rest}`
  ? IsWordCharacter<First> extends true
    ? ReadWord<Rest, `${Word}${First}`>
    : [Word, S]
  : [Word, S];

interface Aliases {
  byte: "byte";
  tinyint: "byte";
  short: "short";
  smallint: "short";
  int: "int";
  integer: "int";
  long: "long";
  bigint: "long";
  float: "float";
  real: "float";
  double: "double";
  decimal: "decimal";
  dec: "decimal";
  numeric: "decimal";
  string: "string";
  binary: "binary";
  boolean: "boolean";
  date: "date";
  timestamp: "timestamp";
  timestamp_ltz: "timestamp";
  timestamp_ntz: "timestamp_ntz";
  void: "void";
  variant: "variant";
}

type Flat<Name extends string> = { kind: "flat"; name: Name; nullable: true };

/** [the shape, what follows] of a type at the start of S, or never. */
type ReadType<S extends string> =
  ReadWord<S> extends [infer Word extends string, infer Rest extends string]
    ? Lowercase<Word> extends "array"
      ? ReadArray<Trim<Rest>>
      : Lowercase<Word> extends "map"
        ? ReadMap<Trim<Rest>>
        : Lowercase<Word> extends "struct"
          ? ReadStruct<Trim<Rest>>
          : Lowercase<Word> extends keyof Aliases
            ? Aliases[Lowercase<Word>] extends "decimal"
              ? [Flat<"decimal">, SkipParameters<Trim<Rest>>]
              : [Flat<Aliases[Lowercase<Word>]>, Rest]
            : never
    : never;

type SkipParameters<S extends string> = S extends `(${string})${infer Rest}` ? Rest : S;

type ReadArray<S extends string> = S extends `<${infer Inner}`
  ? ReadElement<Inner> extends [infer Element extends TypeShape, infer Rest extends string]
    ? Rest extends `>${infer After}`
      ? [{ kind: "array"; element: Element; nullable: true }, After]
      : never
    : never
  : never;

type ReadMap<S extends string> = S extends `<${infer Inner}`
  ? ReadType<Trim<Inner>> extends [infer Key extends TypeShape, infer Rest extends string]
    ? Trim<Rest> extends `,${infer ValueText}`
      ? ReadElement<ValueText> extends [infer Value extends TypeShape, infer Rest2 extends string]
        ? Rest2 extends `>${infer After}`
          ? [{ kind: "map"; key: Key; value: Value; nullable: true }, After]
          : never
        : never
      : never
    : never
  : never;

/** A type with its `not null`; what follows begins without space. */
type ReadElement<S extends string> =
  ReadType<Trim<S>> extends [infer Shape extends TypeShape, infer Rest extends string]
    ? ReadNullability<Shape, Rest> extends [infer Whole extends TypeShape, infer After extends string]
      ? [Whole, Trim<After>]
      : never
    : never;

type ReadNullability<Shape extends TypeShape, S extends string> =
  ReadWord<Trim<S>> extends [infer Not extends string, infer Rest extends string]
    ? Lowercase<Not> extends "not"
      ? ReadWord<Trim<Rest>> extends [infer Null extends string, infer After extends string]
        ? Lowercase<Null> extends "null"
          ? [Required<Shape>, After]
          : never
        : never
      : [Shape, S]
    : never;

type Required<Shape> = Shape extends { nullable: boolean } ? { [K in keyof Shape]: K extends "nullable" ? false : Shape[K] } : never;

type ReadStruct<S extends string> = S extends `<${infer Inner}`
  ? Trim<Inner> extends `>${infer After}`
    ? [EmptyStruct, After]
    : ReadFields<Inner, Record<never, never>>
  : never;
type EmptyStruct = { kind: "struct"; fields: Record<never, never>; nullable: true };

type ReadFields<S extends string, Fields extends Record<string, TypeShape>> =
  ReadName<Trim<S>> extends [infer Name extends string, infer Rest extends string]
    ? ReadElement<SkipColon<Trim<Rest>>> extends [infer Shape extends TypeShape, infer After extends string]
      ? SkipComment<After> extends infer Tail extends string
        ? Tail extends `,${infer More}`
          ? ReadFields<More, Fields & Record<Name, Shape>>
          : Tail extends `>${infer End}`
            ? [{ kind: "struct"; fields: Plain<Fields & Record<Name, Shape>>; nullable: true }, End]
            : never
        : never
      : never
    : never;

type Plain<T> = { [K in keyof T]: T[K] };

type SkipColon<S extends string> = S extends `:${infer Rest}` ? Rest : S;

/** A plain name, or one in backquotes without a backquote inside. */
type ReadName<S extends string> = S extends `\`${infer Name}\`${infer Rest}`
  ? [Name, Rest]
  : ReadWord<S> extends ["", string]
    ? never
    : ReadWord<S>;

/** Comments inside structs: read when no quote stands inside. */
type SkipComment<S extends string> =
  ReadWord<S> extends [infer Word extends string, infer Rest extends string]
    ? Lowercase<Word> extends "comment"
      ? Trim<Rest> extends `'${string}'${infer After}`
        ? Trim<After>
        : Trim<Rest> extends `"${string}"${infer After}`
          ? Trim<After>
          : never
      : S
    : S;
