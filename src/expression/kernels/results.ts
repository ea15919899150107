import { assemble, type Validity } from "../../columnar/assemble.js";
import { assertOffsetRange } from "../../columnar/assemble.js";
import { toArrowType } from "../../schema/arrow-mapping.js";
import { types } from "../../schema/data-types.js";
import type { DataType } from "../../schema/types.js";
import { validity, type Bits } from "./bitmap.js";
import { scalar, vector, type Operand } from "./operand.js";

export function booleanVector(bits: Bits, length: number, valid: Bits | undefined): Operand {
  return vector(types.boolean, assemble(toArrowType(types.boolean), length, validity(valid), { values: bits }));
}

/** A fixed-width column around values that a kernel has filled. */
export function fixedVector(type: DataType, values: ArrayBufferView, length: number, valid: Bits | undefined): Operand {
  return vector(type, assemble(toArrowType(type), length, validity(valid), { values }));
}

export function nullScalar(type: DataType): Operand {
  return scalar(type, null);
}

/** The typed array that holds `length` values of the type in Arrow. */
export function valuesFor(
  type: DataType,
  length: number,
): Int8Array | Int16Array | Int32Array | Float32Array | Float64Array | BigInt64Array | Uint32Array {
  switch (type.kind) {
    case "byte":
      return new Int8Array(length);
    case "short":
      return new Int16Array(length);
    case "float":
      return new Float32Array(length);
    case "double":
      return new Float64Array(length);
    case "long":
    case "timestamp":
    case "timestamp_ntz":
      return new BigInt64Array(length);
    case "decimal":
      return new Uint32Array(length * 4);
    default:
      return new Int32Array(length);
  }
}

/** Collects the texts or bytes of a result, row by row. */
export interface BytesBuilder {
  append(text: string): void;
  appendBytes(bytes: Uint8Array, start: number, end: number): void;
  appendEmpty(): void;
  finish(type: DataType, valid: Bits | undefined): Operand;
}

export function bytesBuilder(length: number): BytesBuilder {
  const offsets = new Int32Array(length + 1);
  let buffer = Buffer.allocUnsafeSlow(Math.max(64, length * 8));
  let used = 0;
  let row = 0;
  const room = (bytes: number): void => {
    if (used + bytes <= buffer.length) return;
    assertOffsetRange(used + bytes);
    const larger = Buffer.allocUnsafeSlow(Math.min(0x7fffffff, Math.max(used + bytes, buffer.length * 2)));
    buffer.copy(larger, 0, 0, used);
    buffer = larger;
  };
  const close = (): void => {
    offsets[++row] = used;
  };
  return {
    append: (text) => {
      room(text.length * 3);
      used += writeText(buffer, used, text);
      close();
    },
    appendBytes: (bytes, start, end) => {
      room(end - start);
      if (end - start > 24) buffer.set(bytes.subarray(start, end), used);
      else for (let i = start; i < end; i++) buffer[used + i - start] = bytes[i] as number;
      used += end - start;
      close();
    },
    appendEmpty: close,
    finish: (type, valid) => {
      const values = new Uint8Array(buffer.buffer, buffer.byteOffset, used);
      const rowValidity: Validity = validity(valid);
      return vector(type, assemble(toArrowType(type), length, rowValidity, { offsets, values }));
    },
  };
}

/** Writes UTF-8. Short ASCII texts, the usual case, cost no call into native code. */
function writeText(buffer: Buffer, at: number, text: string): number {
  if (text.length > 32) return buffer.write(text, at, "utf8");
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return buffer.write(text, at, "utf8");
    buffer[at + i] = code;
  }
  return text.length;
}
