import { assemble } from "../../columnar/assemble.js";
import { bytesOf, offsetsOf } from "../../columnar/access.js";
import { validBits, validity } from "./bitmap.js";
import { vector, type Kernel, type Operand } from "./operand.js";
import { isAscii, textsOf } from "./readers.js";
import { textKernel } from "./row-kernels.js";

/** `upper` and `lower`. A column that is all ASCII keeps its offsets, and only letters change. */
export function changeCase(to: "upper" | "lower"): Kernel {
  const byRow = textKernel((args) => {
    const text = textsOf(args[0] as Operand);
    return to === "upper" ? (row) => text(row).toUpperCase() : (row) => text(row).toLowerCase();
  });
  return (args, call) => {
    const [operand] = args as [Operand];
    if (operand.kind === "scalar") return byRow(args, call);
    const { column } = operand;
    const [offsets, bytes] = [offsetsOf(column), bytesOf(column)];
    const [start, end] = [offsets[0] ?? 0, offsets[column.length] ?? 0];
    if (!isAscii(bytes, start, end)) return byRow(args, call);
    const values = new Uint8Array(end);
    const first = to === "upper" ? 97 : 65;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      values[i] = byte >= first && byte < first + 26 ? byte ^ 32 : byte;
    }
    return vector(call.type, assemble(column.type, column.length, validity(validBits(column)), { offsets, values }));
  };
}
