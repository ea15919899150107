import { types } from "../../schema/data-types.js";
import type { DataType } from "../../schema/types.js";
import type { BoundExpression } from "../expression.js";
import type { FunctionDefinition } from "./definition.js";

/** `int(x)`, `string(x)`, …: casts under the names of Spark's types. */
function castFunction(name: string, type: DataType): FunctionDefinition {
  return { names: [name], arity: [1, 1], resolve: ([arg], site) => site.cast(arg as BoundExpression, type) };
}

export const castFunctions: readonly FunctionDefinition[] = [
  castFunction("boolean", types.boolean),
  castFunction("tinyint", types.byte),
  castFunction("smallint", types.short),
  castFunction("int", types.int),
  castFunction("bigint", types.long),
  castFunction("float", types.float),
  castFunction("double", types.double),
  castFunction("decimal", { kind: "decimal", precision: 10, scale: 0 }),
  castFunction("date", types.date),
  castFunction("timestamp", types.timestamp),
  castFunction("binary", types.binary),
  castFunction("string", types.string),
];
