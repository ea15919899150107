import type { FunctionDefinition } from "./definition.js";
import { castFunctions } from "./cast-functions.js";
import { conditionalFunctions } from "./conditional-functions.js";
import { datetimeFunctions } from "./datetime-functions.js";
import { mathFunctions } from "./math-functions.js";
import { nestedFunctions } from "./nested-functions.js";
import { operatorFunctions } from "./operator-functions.js";
import { textFunctions } from "./text-functions.js";

const families: readonly (readonly FunctionDefinition[])[] = [
  operatorFunctions,
  conditionalFunctions,
  textFunctions,
  mathFunctions,
  datetimeFunctions,
  nestedFunctions,
  castFunctions,
];

let byName: ReadonlyMap<string, FunctionDefinition> | undefined;

function table(): ReadonlyMap<string, FunctionDefinition> {
  byName ??= new Map(
    families.flatMap((family) => family.flatMap((definition) => definition.names.map((name) => [name, definition] as const))),
  );
  return byName;
}

/** The function of that name, in lower case. */
export function functionNamed(name: string): FunctionDefinition | undefined {
  return table().get(name);
}

/** Every name there is. */
export function functionNames(): readonly string[] {
  return [...table().keys()].filter((name) => /^[a-z]/.test(name));
}
