/**
 * Arrow's numbers for types and units, as its format fixes them. Stated here so that Arrow objects of another copy of
 * apache-arrow can be told apart without loading ours, and because `instanceof` fails on them.
 */
export const ArrowId = Object.freeze({
  Dictionary: -1,
  Null: 1,
  Int: 2,
  Float: 3,
  Binary: 4,
  Utf8: 5,
  Bool: 6,
  Decimal: 7,
  Date: 8,
  Time: 9,
  Timestamp: 10,
  Interval: 11,
  List: 12,
  Struct: 13,
  Union: 14,
  FixedSizeBinary: 15,
  FixedSizeList: 16,
  Map: 17,
  Duration: 18,
  LargeBinary: 19,
  LargeUtf8: 20,
  LargeList: 21,
  BinaryView: 23,
  Utf8View: 24,
} as const);

export const ArrowDateUnit = Object.freeze({ Day: 0, Millisecond: 1 } as const);

export const ArrowTimeUnit = Object.freeze({ Second: 0, Millisecond: 1, Microsecond: 2, Nanosecond: 3 } as const);

/** Arrow's name of a type, for messages. */
export function arrowTypeName(typeId: number): string {
  return Object.entries(ArrowId).find(([, id]) => id === typeId)?.[0] ?? `type number ${typeId}`;
}
