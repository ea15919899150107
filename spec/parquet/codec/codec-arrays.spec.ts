import { expect, test } from "vitest";
import { batchesFrom } from "../../../src/parquet/codec/codec-batch.js";
import type { RawField } from "../../../src/parquet/codec/codec-wire.js";
import { readBatch, readFields } from "../../../src/parquet/codec/wasm-arrays.js";
import { rowsOf } from "../../contracts/codec-contract.js";

/** A 32-bit memory with structs of the Arrow C data interface in it, as a library would export them. */
class Memory {
  readonly bytes = new Uint8Array(65536);
  readonly #view = new DataView(this.bytes.buffer);
  #end = 64;

  put(content: Uint8Array): number {
    const at = this.#end;
    this.bytes.set(content, at);
    this.#end = (at + content.length + 15) & ~7;
    return at;
  }

  text(value: string): number {
    return this.put(new TextEncoder().encode(`${value}\0`));
  }

  words(...values: number[]): number {
    return this.put(new Uint8Array(Int32Array.from(values).buffer));
  }

  schema(field: RawField): number {
    const children = this.words(...field.children.map((child) => this.schema(child)));
    const entries = field.metadata.flat().map((text) => new TextEncoder().encode(text));
    const metadata = new Uint8Array(4 + entries.reduce((sum, entry) => sum + 4 + entry.length, 0));
    const view = new DataView(metadata.buffer);
    view.setInt32(0, field.metadata.length, true);
    let at = 4;
    for (const entry of entries) {
      view.setInt32(at, entry.length, true);
      metadata.set(entry, at + 4);
      at += 4 + entry.length;
    }
    const [format, name, notes] = [this.text(field.format), this.text(field.name), field.metadata.length === 0 ? 0 : this.put(metadata)];
    return this.words(format, name, notes, 0, field.nullable ? 2 : 0, 0, field.children.length, 0, children, 0, 0, 0);
  }

  array(of: { length: number; nullCount?: number; offset?: number; buffers: number[]; children?: number[] }): number {
    const { length, nullCount = 0, offset = 0, children = [] } = of;
    const at = this.words(
      length,
      0,
      nullCount,
      nullCount < 0 ? -1 : 0,
      offset,
      0,
      of.buffers.length,
      0,
      children.length,
      0,
      0,
      0,
      0,
      0,
      0,
    );
    this.#view.setUint32(at + 40, this.words(...of.buffers), true);
    this.#view.setUint32(at + 44, this.words(...children), true);
    return at;
  }
}

const leaf = (name: string, format: string): RawField => ({ name, format, nullable: true, metadata: [], children: [] });
const column = (name: string, format: string, children: readonly RawField[] = []): RawField => ({ ...leaf(name, format), children });

test("arrays that begin within their buffers, at every level, are read from there", () => {
  const memory = new Memory();
  const fields = [column("b", "b"), column("s", "u"), column("l", "+l", [leaf("element", "i")]), column("t", "+s", [leaf("x", "i")])];
  const schema = memory.schema({ ...column("", "+s", fields), nullable: false });
  const root = memory.array({
    length: 3,
    offset: 1,
    buffers: [0],
    children: [
      // Each has room for 1 + 1 + 3 rows: the root begins at 1, the columns themselves at 1 more.
      memory.array({
        length: 4,
        nullCount: 1,
        offset: 9,
        buffers: [memory.put(Uint8Array.of(0xff, 0b1110_1111)), memory.put(Uint8Array.of(0, 0b0000_0100))],
      }),
      memory.array({ length: 4, offset: 1, buffers: [0, memory.words(0, 3, 5, 6, 6, 9), memory.text("aaabbcddd")] }),
      memory.array({
        length: 4,
        offset: 1,
        nullCount: 1,
        buffers: [memory.put(Uint8Array.of(0b1_0111)), memory.words(0, 1, 2, 4, 4, 5)],
        children: [memory.array({ length: 5, offset: 2, buffers: [0, memory.words(-1, -1, 10, 11, 12, 13, 14)] })],
      }),
      memory.array({
        length: 4,
        offset: 1,
        buffers: [0],
        children: [
          memory.array({ length: 5, nullCount: -1, buffers: [memory.put(Uint8Array.of(0b1_0111)), memory.words(20, 21, 22, 23, 24)] }),
        ],
      }),
    ],
  });
  const read = readFields(memory.bytes, schema);
  const [batch] = batchesFrom({ fields: read, batches: [readBatch(memory.bytes, read, root)] });
  expect(rowsOf(batch)).toEqual(
    [
      { b: true, s: "c", l: [12, 13], t: { x: 22 } },
      { b: false, s: "", l: null, t: { x: null } },
      { b: null, s: "ddd", l: [14], t: { x: 24 } },
    ].map((row) => JSON.stringify(row)),
  );
  expect(batch?.data.children.map(({ nullCount }) => nullCount)).toEqual([1, 0, 1, 0]);
});

test("names, nullability and metadata of fields are read, nested ones too", () => {
  const memory = new Memory();
  const child: RawField = {
    ...leaf("größe", "tsu:UTC"),
    metadata: [
      ["PARQUET:field_id", "7"],
      ["note", "é"],
    ],
  };
  const fields: RawField[] = [{ ...column("outer", "+s", [child]), nullable: false }];
  expect(readFields(memory.bytes, memory.schema(column("", "+s", fields)))).toEqual(fields);
});

test("formats that a Parquet file without hints does not give are refused", () => {
  const memory = new Memory();
  const fields = [leaf("wide", "U")];
  const root = memory.array({ length: 0, buffers: [0], children: [memory.array({ length: 0, buffers: [0, 0, 0] })] });
  expect(() => readBatch(memory.bytes, fields, root)).toThrow(expect.objectContaining({ code: "parquet/unsupported" }));
});
