import type { Column } from "./column.js";
import { assertOffsetFits, bytesOf, isValidAt, narrowOffsets, newColumn, plainOffsets, validBitsOf, viewAs } from "./arrow-buffers.js";
import { ArrowId } from "./arrow-ids.js";
import type { ArrowDataLike } from "./arrow-shape.js";
import { toArrowType } from "./arrow-mapping.js";
import type { DataType } from "./types.js";

/** Strings and binary in any of Arrow's layouts, as bytes with 32-bit offsets. */
export function canonicalBytes(data: ArrowDataLike, type: DataType, column: string): Column {
  const valid = validBitsOf(data);
  const finish = (valueOffsets: Int32Array, values: Uint8Array): Column =>
    newColumn(toArrowType(type), data.length, valid, { valueOffsets, values });
  switch (data.type.typeId) {
    case ArrowId.LargeUtf8:
    case ArrowId.LargeBinary: {
      const { offsets, start, end } = narrowOffsets(data.valueOffsets, data.length, column);
      return finish(offsets, bytesOf(data.values).subarray(start, end));
    }
    case ArrowId.Utf8View:
    case ArrowId.BinaryView:
      return bytesOfViews(data, type, column);
    case ArrowId.FixedSizeBinary: {
      const width = data.type.byteWidth ?? 0;
      assertOffsetFits(width * data.length, column);
      const values = viewAs(data.values, Uint8Array, width * data.length, `column "${column}"`);
      return finish(
        Int32Array.from({ length: data.length + 1 }, (_, row) => row * width),
        values,
      );
    }
    default:
      return finish(plainOffsets(data.valueOffsets, data.length, column), bytesOf(data.values));
  }
}

const VIEW_BYTES = 16;
const INLINE_BYTES = 12;

/** A view is a length, and either up to 12 bytes or a prefix with the number of a buffer and a place in it. */
function bytesOfViews(data: ArrowDataLike, type: DataType, column: string): Column {
  const valid = validBitsOf(data);
  const views = viewAs(data.values, Uint8Array, data.length * VIEW_BYTES, `column "${column}"`);
  const words = new DataView(views.buffer, views.byteOffset, views.byteLength);
  const valueOffsets = new Int32Array(data.length + 1);
  let total = 0;
  for (let row = 0; row < data.length; row += 1) {
    if (isValidAt(valid, row)) total += words.getInt32(row * VIEW_BYTES, true);
    assertOffsetFits(total, column);
    valueOffsets[row + 1] = total;
  }
  const values = new Uint8Array(total);
  const buffers = data.variadicBuffers ?? [];
  for (let row = 0; row < data.length; row += 1) {
    const target = valueOffsets[row] ?? 0;
    const length = (valueOffsets[row + 1] ?? 0) - target;
    if (length === 0) continue;
    const at = row * VIEW_BYTES;
    if (length <= INLINE_BYTES) {
      values.set(views.subarray(at + 4, at + 4 + length), target);
    } else {
      const start = words.getInt32(at + 12, true);
      const buffer = viewAs(buffers[words.getInt32(at + 8, true)], Uint8Array, start + length, `column "${column}"`);
      values.set(buffer.subarray(start, start + length), target);
    }
  }
  return newColumn(toArrowType(type), data.length, valid, { valueOffsets, values });
}
