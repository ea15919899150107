import { LakeError } from "../base/errors.js";
import { decimal, field, types } from "./data-types.js";
import { parseColumnText } from "./type-text.js";
import type { DataType, Field, PrimitiveName } from "./types.js";

/** One column of a schema given as a list. */
export interface ColumnInput {
  readonly name: string;
  /** `"decimal(12,2)"`, `"long not null"`, or a type. */
  readonly type: string | DataType;
  /** Default: true, unless the text says `not null`. */
  readonly nullable?: boolean;
  readonly comment?: string;
  /** Kept in the log as it is: JSON values. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const knownOptions: readonly string[] = ["name", "type", "nullable", "comment", "metadata"];

// What a column can be asked to be in later releases, and the table feature it takes.
const laterOptions: Readonly<Record<string, string>> = {
  generatedAs: "generatedColumns",
  default: "allowColumnDefaults",
  identity: "identityColumns",
};

/**
 * @param index position in the list, for messages
 * @throws schema/invalid, delta/unsupported-feature
 */
export function columnField(input: ColumnInput, index: number | undefined): Field {
  const at = index === undefined ? "A column" : `Column ${index} of the schema`;
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new LakeError("schema/invalid", `${at} is not an object. Write { name: "id", type: "long", nullable: false }.`, { index });
  }
  const { name, comment, metadata = {} } = input;
  if (typeof name !== "string")
    throw new LakeError("schema/invalid", `${at} has no name. Write { name: "id", type: "long" }.`, { index });
  checkOptions(name, input);
  if (comment !== undefined && typeof comment !== "string") refuse(name, "its comment is no text");
  if (input.nullable !== undefined && typeof input.nullable !== "boolean") refuse(name, "nullable is neither true nor false");
  checkMetadata(name, metadata);
  const { type, nullable, note } = readType(name, input);
  const words = comment ?? note;
  return field(name, type, { nullable, metadata: words === undefined ? metadata : { ...metadata, comment: words } });
}

interface TypeOfColumn {
  readonly type: DataType;
  readonly nullable: boolean;
  readonly note: string | undefined;
}

function readType(name: string, input: ColumnInput): TypeOfColumn {
  if (typeof input.type !== "string") return { type: checkType(name, input.type), nullable: input.nullable ?? true, note: undefined };
  let text: ReturnType<typeof parseColumnText>;
  try {
    text = parseColumnText(input.type);
  } catch (error) {
    if (!LakeError.is(error)) throw error;
    throw new LakeError(error.code, `Column "${name}": ${error.message}`, { ...error.context, column: name }, error);
  }
  if (!text.nullable && input.nullable === true) refuse(name, 'its type says "not null" and nullable says true; keep one of them');
  return { type: text.type, nullable: text.nullable && (input.nullable ?? true), note: text.comment };
}

function checkOptions(name: string, input: ColumnInput): void {
  for (const [option, value] of Object.entries(input)) {
    if (value === undefined || knownOptions.includes(option)) continue;
    const feature = Object.hasOwn(laterOptions, option) ? laterOptions[option] : undefined;
    if (feature === undefined) refuse(name, `there is no option "${option}"; known: ${knownOptions.join(", ")}`);
    throw new LakeError(
      "delta/unsupported-feature",
      `Column "${name}" has "${option}", which needs the table feature ${feature}. ` +
        `This release of laketable does not have it yet; leave it out.`,
      { column: name, option, feature },
    );
  }
}

/** A type object that others made: rebuilt, so that what goes on is well-formed and frozen. */
function checkType(name: string, given: unknown): DataType {
  const type = given as Partial<Record<string, unknown>> | null | undefined;
  const kind = typeof type === "object" && type !== null ? type["kind"] : undefined;
  if (type === null || type === undefined || typeof kind !== "string")
    refuse(name, 'its type is neither a text such as "long" nor a type object');
  switch (kind) {
    case "decimal":
      return decimal(Number(type["precision"]), Number(type["scale"] ?? 0));
    case "array":
      return Object.freeze({ kind, element: checkType(name, type["element"]), containsNull: type["containsNull"] !== false });
    case "map": {
      const parts = { key: checkType(name, type["key"]), value: checkType(name, type["value"]) };
      return Object.freeze({ kind, ...parts, valueContainsNull: type["valueContainsNull"] !== false });
    }
    case "struct": {
      const fields: unknown = type["fields"];
      if (!Array.isArray(fields)) refuse(name, "its struct has no list of fields");
      return Object.freeze({ kind, fields: Object.freeze(fields.map((inner: ColumnInput, i) => columnField(inner, i))) });
    }
    default:
      return Object.hasOwn(types, kind) ? types[kind as PrimitiveName] : refuse(name, `there is no type of kind "${kind}"`);
  }
}

/** Metadata goes into the log as JSON: what JSON would change or drop is refused. */
function checkMetadata(name: string, metadata: unknown): void {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) refuse(name, "its metadata is no object");
  if (!isJson(metadata, 0))
    refuse(name, "its metadata has something that JSON cannot carry; use texts, finite numbers, booleans, null, lists and objects");
}

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || depth > 100) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every((item) => isJson(item, depth + 1));
}

function refuse(name: string, problem: string): never {
  throw new LakeError("schema/invalid", `Column "${name}" of the schema is not well-formed: ${problem}.`, { column: name });
}
