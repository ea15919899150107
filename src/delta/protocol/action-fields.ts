import { LakeError } from "../../base/errors.js";
import { isNumberText } from "./exact-json.js";

/** Where a decoder is, for messages: a file and the place in it. */
export interface Place {
  readonly file: string;
  /** Counted from 1; absent where the file has no lines. */
  readonly line?: number | undefined;
}

/** The refusal of a log file whose content breaks the protocol. */
export function corruptLog(place: Place, problem: string, cause?: unknown): LakeError {
  const where = place.line === undefined ? place.file : `${place.file}, line ${place.line}`;
  return new LakeError(
    "delta/corrupt-log",
    `The log file ${where}: ${problem}. The file is damaged or was written against the protocol; restore it from a backup.`,
    { file: place.file, ...(place.line === undefined ? {} : { line: place.line }), problem },
    cause,
  );
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The fields of one action, read with their types; an absent optional field and a null are the same.
 * Every method throws delta/corrupt-log naming place, action and field.
 */
export class FieldReader {
  readonly #action: string;
  readonly #fields: JsonObject;
  readonly #place: Place;

  constructor(action: string, fields: JsonObject, place: Place) {
    this.#action = action;
    this.#fields = fields;
    this.#place = place;
  }

  string(name: string): string {
    return this.#read(name, "a string", asString);
  }
  stringOr<T>(name: string, otherwise: T): string | T {
    return this.#readOr(name, otherwise, "a string", asString);
  }
  /** A safe integer, negative ones included. */
  integer(name: string): number {
    return this.#read(name, "a whole number within ±2^53", asInteger);
  }
  integerOr<T>(name: string, otherwise: T): number | T {
    return this.#readOr(name, otherwise, "a whole number within ±2^53", asInteger);
  }
  count(name: string): number {
    return this.#read(name, "a whole number from 0 to 2^53", asCount);
  }
  countOr<T>(name: string, otherwise: T): number | T {
    return this.#readOr(name, otherwise, "a whole number from 0 to 2^53", asCount);
  }
  boolean(name: string): boolean {
    return this.#read(name, "true or false", asBoolean);
  }
  booleanOr<T>(name: string, otherwise: T): boolean | T {
    return this.#readOr(name, otherwise, "true or false", asBoolean);
  }
  objectOr<T>(name: string, otherwise: T): JsonObject | T {
    return this.#readOr(name, otherwise, "an object", asObject);
  }
  stringsOr<T>(name: string, otherwise: T): readonly string[] | T {
    return this.#readOr(name, otherwise, "a list of strings", asStrings);
  }
  /** A map of strings; null values are dropped. */
  stringMapOr<T>(name: string, otherwise: T): ReadonlyMap<string, string> | T {
    return this.#readOr(name, otherwise, "a map of strings", asStringMap);
  }
  nullableStringMap(name: string): ReadonlyMap<string, string | null> {
    return this.#read(name, "a map of strings", asNullableStringMap);
  }
  nullableStringMapOr<T>(name: string, otherwise: T): ReadonlyMap<string, string | null> | T {
    return this.#readOr(name, otherwise, "a map of strings", asNullableStringMap);
  }

  #read<T>(name: string, wanted: string, accept: (value: unknown) => T | undefined): T {
    const value = own(this.#fields, name);
    const accepted = accept(value);
    if (accepted !== undefined) return accepted;
    const found = value === undefined || value === null ? "is missing" : `is ${JSON.stringify(value)?.slice(0, 80)}, not ${wanted}`;
    throw corruptLog(this.#place, `field "${name}" of the action "${this.#action}" ${found}`);
  }

  #readOr<T, U>(name: string, otherwise: U, wanted: string, accept: (value: unknown) => T | undefined): T | U {
    const value = own(this.#fields, name);
    return value === undefined || value === null ? otherwise : this.#read(name, wanted, accept);
  }
}

function own(fields: JsonObject, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

const asString = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const asBoolean = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);
function asInteger(value: unknown): number | undefined {
  // The exact parser keeps the text of long tokens, also of those that a number holds.
  const number = isNumberText(value) ? Number(value.numberText) : value;
  return Number.isSafeInteger(number) ? Number(number) : undefined;
}

function asCount(value: unknown): number | undefined {
  const integer = asInteger(value);
  return integer !== undefined && integer >= 0 ? integer : undefined;
}

const asObject = (value: unknown): JsonObject | undefined => (isJsonObject(value) ? value : undefined);

function asStrings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
}

function asNullableStringMap(value: unknown): ReadonlyMap<string, string | null> | undefined {
  if (!isJsonObject(value)) return undefined;
  const map = new Map<string, string | null>();
  for (const [key, item] of Object.entries(value)) {
    if (item !== null && typeof item !== "string") return undefined;
    map.set(key, item);
  }
  return map;
}

function asStringMap(value: unknown): ReadonlyMap<string, string> | undefined {
  if (!isJsonObject(value)) return undefined;
  const map = new Map<string, string>();
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === "string") map.set(key, item);
    else if (item !== null) return undefined;
  }
  return map;
}
