import { bitOf, jointValidity, validBits } from "./bitmap.js";
import type { Kernel, Operand } from "./operand.js";
import { bytesOperand, textsOf } from "./readers.js";
import { bytesBuilder, nullScalar } from "./results.js";

/** The bytes of all operands behind each other; null when one is null. */
export const concatTexts: Kernel = (args, call) => {
  const valid = jointValidity(args);
  if (valid === "none") return nullScalar(call.type);
  const parts = args.map(bytesOperand);
  const builder = bytesBuilder(call.length);
  let joined = new Uint8Array(256);
  for (let row = 0; row < call.length; row++) {
    if (valid !== undefined && !bitOf(valid, row)) {
      builder.appendEmpty();
      continue;
    }
    let used = 0;
    for (const { bytes, offsets, step } of parts) {
      const start = offsets[row * step] as number;
      const size = (offsets[row * step + 1] as number) - start;
      if (used + size > joined.length) {
        const larger = new Uint8Array(Math.max(joined.length * 2, used + size));
        larger.set(joined.subarray(0, used));
        joined = larger;
      }
      for (let i = 0; i < size; i++) joined[used + i] = bytes[start + i] as number;
      used += size;
    }
    builder.appendBytes(joined, 0, used);
  }
  return builder.finish(call.type, valid);
};

/** `concat_ws`: nulls among the texts are left out; null only when the separator is. */
export const concatWithSeparator: Kernel = (args, call) => {
  const [separator, ...texts] = args as [Operand, ...Operand[]];
  const valid = jointValidity([separator]);
  if (valid === "none") return nullScalar(call.type);
  const between = textsOf(separator);
  const parts = texts.map((operand) => ({ text: textsOf(operand), has: hasValue(operand) }));
  const builder = bytesBuilder(call.length);
  for (let row = 0; row < call.length; row++) {
    if (valid !== undefined && !bitOf(valid, row)) builder.appendEmpty();
    else
      builder.append(
        parts
          .filter(({ has }) => has(row))
          .map(({ text }) => text(row))
          .join(between(row)),
      );
  }
  return builder.finish(call.type, valid);
};

function hasValue(operand: Operand): (row: number) => boolean {
  if (operand.kind === "scalar") return () => operand.value !== null;
  const valid = validBits(operand.column);
  return valid === undefined ? () => true : (row) => bitOf(valid, row);
}
