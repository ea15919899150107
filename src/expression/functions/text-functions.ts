import { bytesOperand, numberReader, textsOf, bigintReader } from "../kernels/readers.js";
import { types } from "../../schema/data-types.js";
import type { DataType } from "../../schema/types.js";
import type { BoundExpression } from "../expression.js";
import type { Kernel } from "../kernels/operand.js";
import { booleanKernel, numberKernel, operandAt, textKernel } from "../kernels/row-kernels.js";
import {
  charLength,
  initCap,
  locate,
  padText,
  repeatText,
  reverseText,
  right,
  sliceChars,
  splitPart,
  substring,
  translator,
  trimChars,
  type TrimSide,
} from "../kernels/text.js";
import { changeCase } from "../kernels/letter-case.js";
import { concatTexts, concatWithSeparator } from "../kernels/concat-text.js";
import { boundCall, simpleFunction, type FunctionDefinition } from "./definition.js";

const { string, int, long, boolean, binary } = types;

function textFunction(names: readonly [string, ...string[]], convert: (text: string) => string): FunctionDefinition {
  const kernel = textKernel((args) => {
    const text = textsOf(operandAt(args, 0));
    return (row) => convert(text(row));
  });
  return simpleFunction({ names, parameters: [string], result: string, kernel, total: true });
}

/** With two arguments the characters to trim come first, as in `trim(BOTH 'x' FROM text)`. */
function trimFunction(name: string, side: TrimSide): FunctionDefinition {
  const kernel = textKernel((args) => {
    const text = textsOf(operandAt(args, args.length - 1));
    if (args.length === 1) return (row) => trimChars(text(row), " ", side);
    const characters = textsOf(operandAt(args, 0));
    return (row) => trimChars(text(row), characters(row), side);
  });
  return simpleFunction({ names: [name], parameters: [string, string], required: 1, result: string, kernel, total: true });
}

const trimBoth: FunctionDefinition = {
  names: ["btrim"],
  arity: [1, 2],
  resolve: (args, site) => site.call("trim", [...args].reverse()),
};

/** Characters of a string, bytes of a binary. */
function lengthFunction(names: readonly [string, ...string[]], unit: "characters" | "bytes" | "bits"): FunctionDefinition {
  const kernel: Kernel = numberKernel((args) => {
    const operand = operandAt(args, 0);
    if (unit === "characters" && operand.type.kind === "string") {
      const text = textsOf(operand);
      return (row) => charLength(text(row));
    }
    const { offsets, step } = bytesOperand(operand);
    const factor = unit === "bits" ? 8 : 1;
    return (row) => ((offsets[row * step + 1] as number) - (offsets[row * step] as number)) * factor;
  });
  const resolve = (args: readonly BoundExpression[], site: Parameters<FunctionDefinition["resolve"]>[1]): BoundExpression => {
    const [arg] = args as [BoundExpression];
    return boundCall(names[0], [arg.type.kind === "binary" ? arg : site.coerce(arg, string)], int);
  };
  return { names, arity: [1, 1], total: true, resolve, kernel };
}

function textTest(name: string, test: (text: string, part: string) => boolean): FunctionDefinition {
  const kernel = booleanKernel((args) => {
    const [text, part] = [textsOf(operandAt(args, 0)), textsOf(operandAt(args, 1))];
    return (row) => test(text(row), part(row));
  });
  return simpleFunction({ names: [name], parameters: [string, string], result: boolean, kernel, total: true });
}

const substringKernel = textKernel((args) => {
  const [text, position] = [textsOf(operandAt(args, 0)), numberReader(operandAt(args, 1))];
  const length = args.length > 2 ? numberReader(operandAt(args, 2)) : (): number => 2147483647;
  return (row) => substring(text(row), position(row), length(row));
});

function countedText(
  name: string,
  compute: (text: string, count: number, call: Parameters<Kernel>[1]) => string,
  total = true,
): FunctionDefinition {
  const kernel = textKernel((args, call) => {
    const [text, count] = [textsOf(operandAt(args, 0)), numberReader(operandAt(args, 1))];
    return (row) => compute(text(row), count(row), call);
  });
  return simpleFunction({ names: [name], parameters: [string, int], result: string, kernel, total });
}

const replaceKernel = textKernel((args) => {
  const [text, search] = [textsOf(operandAt(args, 0)), textsOf(operandAt(args, 1))];
  const replacement = args.length > 2 ? textsOf(operandAt(args, 2)) : (): string => "";
  return (row) => {
    const wanted = search(row);
    return wanted === "" ? text(row) : text(row).replaceAll(wanted, () => replacement(row));
  };
});

function padFunction(name: string, atStart: boolean): FunctionDefinition {
  const kernel = textKernel((args) => {
    const [text, length] = [textsOf(operandAt(args, 0)), numberReader(operandAt(args, 1))];
    const pad = args.length > 2 ? textsOf(operandAt(args, 2)) : (): string => " ";
    return (row) => padText(text(row), length(row), pad(row), atStart);
  });
  return simpleFunction({ names: [name], parameters: [string, int, string], required: 2, result: string, kernel, total: true });
}

const instrKernel = numberKernel((args) => {
  const [text, part] = [textsOf(operandAt(args, 0)), textsOf(operandAt(args, 1))];
  return (row) => locate(part(row), text(row), 0);
});

const locateKernel = numberKernel((args) => {
  const [part, text] = [textsOf(operandAt(args, 0)), textsOf(operandAt(args, 1))];
  const position = args.length > 2 ? numberReader(operandAt(args, 2)) : (): number => 1;
  return (row) => (position(row) < 1 ? 0 : locate(part(row), text(row), position(row) - 1));
});

const splitPartKernel = textKernel((args, call) => {
  const [text, delimiter, index] = [textsOf(operandAt(args, 0)), textsOf(operandAt(args, 1)), numberReader(operandAt(args, 2))];
  return (row) => splitPart(text(row), delimiter(row), index(row), call);
});

const translateKernel = textKernel((args) => {
  const [text, from, to] = [textsOf(operandAt(args, 0)), textsOf(operandAt(args, 1)), textsOf(operandAt(args, 2))];
  const isConstant = args[1]?.kind === "scalar" && args[2]?.kind === "scalar";
  const constant = isConstant ? translator(from(0), to(0)) : undefined;
  return (row) => (constant ?? translator(from(row), to(row)))(text(row));
});

const asciiKernel = numberKernel((args) => {
  const text = textsOf(operandAt(args, 0));
  return (row) => text(row).codePointAt(0) ?? 0;
});

const chrKernel = textKernel((args) => {
  const code = bigintReader(operandAt(args, 0));
  return (row) => (code(row) < 0n ? "" : String.fromCharCode(Number(code(row) & 0xffn)));
});

/** `concat` and `||`: of binaries a binary, else a string. */
const concat: FunctionDefinition = {
  names: ["concat", "||"],
  arity: [0, Infinity],
  total: true,
  resolve: (args, site) => {
    const isBinary = args.length > 0 && args.every((arg) => arg.type.kind === "binary");
    const type: DataType = isBinary ? binary : string;
    if (args.length === 0) return { kind: "literal", value: "", type: string };
    return boundCall(
      "concat",
      args.map((arg) => site.coerce(arg, type)),
      type,
    );
  },
  kernel: concatTexts,
};

const concatWs: FunctionDefinition = {
  names: ["concat_ws"],
  arity: [1, Infinity],
  total: true,
  resolve: (args, site) =>
    boundCall(
      "concat_ws",
      args.map((arg) => site.coerce(arg, string)),
      string,
    ),
  kernel: concatWithSeparator,
};

export const textFunctions: readonly FunctionDefinition[] = [
  simpleFunction({ names: ["upper", "ucase"], parameters: [string], result: string, kernel: changeCase("upper"), total: true }),
  simpleFunction({ names: ["lower", "lcase"], parameters: [string], result: string, kernel: changeCase("lower"), total: true }),
  textFunction(["reverse"], reverseText),
  textFunction(["initcap"], initCap),
  lengthFunction(["length", "char_length", "character_length", "len"], "characters"),
  lengthFunction(["octet_length"], "bytes"),
  lengthFunction(["bit_length"], "bits"),
  trimFunction("trim", "both"),
  trimFunction("ltrim", "start"),
  trimFunction("rtrim", "end"),
  trimBoth,
  simpleFunction({
    names: ["substring", "substr"],
    parameters: [string, int, int],
    required: 2,
    result: string,
    kernel: substringKernel,
    total: true,
  }),
  countedText("left", (text, count) => sliceChars(text, 0, count)),
  countedText("right", right),
  countedText("repeat", repeatText, false),
  concat,
  concatWs,
  simpleFunction({
    names: ["replace"],
    parameters: [string, string, string],
    required: 2,
    result: string,
    kernel: replaceKernel,
    total: true,
  }),
  padFunction("lpad", true),
  padFunction("rpad", false),
  simpleFunction({ names: ["instr"], parameters: [string, string], result: int, kernel: instrKernel, total: true }),
  simpleFunction({
    names: ["locate", "position"],
    parameters: [string, string, int],
    required: 2,
    result: int,
    kernel: locateKernel,
    total: true,
  }),
  textTest("startswith", (text, part) => text.startsWith(part)),
  textTest("endswith", (text, part) => text.endsWith(part)),
  textTest("contains", (text, part) => text.includes(part)),
  simpleFunction({ names: ["split_part"], parameters: [string, string, int], result: string, kernel: splitPartKernel }),
  simpleFunction({ names: ["translate"], parameters: [string, string, string], result: string, kernel: translateKernel, total: true }),
  simpleFunction({ names: ["ascii"], parameters: [string], result: int, kernel: asciiKernel, total: true }),
  simpleFunction({ names: ["chr", "char"], parameters: [long], result: string, kernel: chrKernel, total: true }),
];
