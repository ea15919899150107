import { portableCrc32 } from "../../src/parquet/crc32.js";
import { encodeFooter, MAGIC } from "../../src/parquet/metadata/footer.js";
import type {
  ColumnChunk,
  FileMetadata,
  KeyValue,
  PhysicalType,
  RowGroup,
  SchemaElement,
  Statistics,
} from "../../src/parquet/metadata/file-metadata.js";
import { schemaTree, type SchemaLeaf, type SchemaNode } from "../../src/parquet/metadata/schema-tree.js";
import { ThriftWriter } from "../../src/parquet/thrift/thrift-writer.js";

/**
 * A Parquet writer for tests: no compression, no dictionary, plain values; but every schema there can be, old layouts
 * included, pages of any length, and page indexes. Rows are shaped as the Parquet schema is: a group is an object, a
 * repeated field an array, what is absent is null.
 */
export interface PlainFile {
  readonly elements: readonly Element[];
  /** Rows of each row group. */
  readonly rowGroups: readonly (readonly PlainRow[])[];
  /** Rows of the data pages of a leaf; the last length repeats. Default: one page. */
  readonly pageRows?: (leaf: SchemaLeaf) => readonly number[];
  readonly withPageIndex?: boolean;
  readonly withStatistics?: boolean;
  /** What page headers say instead of the truth; `crc` "true": the true one, which is else left out. */
  readonly headers?: PageClaims;
  readonly keyValues?: readonly KeyValue[];
}

export interface PageClaims {
  readonly uncompressedSize?: number;
  readonly compressedSize?: number;
  readonly valueCount?: number;
  readonly crc?: "true" | number;
}

export type Element = Partial<SchemaElement> & { readonly name: string };
export type PlainRow = Readonly<Record<string, unknown>>;
/** Numbers for BOOLEAN, INT32, FLOAT and DOUBLE, bigint for INT64, bytes for the others. */
export type PlainValue = number | bigint | boolean | Uint8Array;

export function buildPlainFile(file: PlainFile): Uint8Array {
  const elements = file.elements.map((element): SchemaElement => ({ ...emptyElement, ...element }));
  const { root, leaves } = schemaTree(elements, "test");
  const out: Uint8Array[] = [MAGIC];
  let position = MAGIC.length;
  const append = (bytes: Uint8Array): number => {
    out.push(bytes);
    position += bytes.length;
    return position - bytes.length;
  };
  const pending: { chunk: ColumnChunk; pages: readonly Page[]; starts: readonly number[] }[][] = [];
  for (const rows of file.rowGroups) {
    const group: (typeof pending)[number] = [];
    for (const leaf of leaves) {
      const pages = pagesOf(leaf, rows, file.pageRows?.(leaf) ?? [Infinity], root.children, file.headers);
      const starts = pages.map((page) => append(page.bytes));
      group.push({ chunk: chunkOf(leaf, pages, starts[0] ?? position, file.withStatistics === true), pages, starts });
    }
    pending.push(group);
  }
  const rowGroups = pending.map((group, index): RowGroup => {
    const columns = group.map(({ chunk, pages, starts }) => {
      if (file.withPageIndex !== true) return chunk;
      const columnIndex = encodeColumnIndex(pages);
      const offsetIndex = encodeOffsetIndex(pages, starts);
      return {
        ...chunk,
        columnIndex: { offset: append(columnIndex), length: columnIndex.length },
        offsetIndex: { offset: append(offsetIndex), length: offsetIndex.length },
      };
    });
    const rowCount = file.rowGroups[index]?.length ?? 0;
    return { columns, byteSize: 1000, rowCount, fileOffset: undefined, compressedSize: undefined, ordinal: undefined, unknown: [] };
  });
  const metadata: FileMetadata = {
    version: 1,
    schema: elements,
    rowCount: rowGroups.reduce((sum, { rowCount }) => sum + rowCount, 0),
    rowGroups,
    keyValues: file.keyValues,
    createdBy: "plain-file",
    columnOrders: undefined,
    unknown: [],
  };
  append(encodeFooter(metadata));
  return Buffer.concat(out);
}

const emptyElement: SchemaElement = {
  type: undefined,
  typeLength: undefined,
  repetition: undefined,
  name: "",
  childCount: undefined,
  convertedType: undefined,
  scale: undefined,
  precision: undefined,
  fieldId: undefined,
  logicalType: undefined,
  unknown: [],
};

interface Entry {
  readonly repetition: number;
  readonly definition: number;
  /** Absent where a level says null or empty. */
  readonly value?: PlainValue;
}

interface Page {
  readonly bytes: Uint8Array;
  readonly firstRow: number;
  readonly entries: readonly Entry[];
  readonly leaf: SchemaLeaf;
}

/** The levels and values of one leaf in one row: Dremel's record shredding. */
function shred(nodes: readonly SchemaNode[], row: PlainRow, target: SchemaLeaf): readonly Entry[] {
  const entries: Entry[] = [];
  const walk = (node: SchemaNode, value: unknown, repetition: number, definition: number): void => {
    if (node.kind === "leaf") {
      entries.push({ repetition, definition, value: value as PlainValue });
      return;
    }
    const child = node.children.find((candidate) => isOn(candidate, target));
    if (child !== undefined) visit(child, (value as PlainRow)[child.element.name], repetition, definition);
  };
  const visit = (node: SchemaNode, value: unknown, repetition: number, definition: number): void => {
    if (node.element.repetition === "repeated") {
      const values = (value ?? []) as readonly unknown[];
      if (values.length === 0) entries.push({ repetition, definition });
      values.forEach((item, i) => walk(node, item, i === 0 ? repetition : node.repetitionLevel, definition + 1));
    } else if (node.element.repetition === "optional") {
      if (value === null || value === undefined) entries.push({ repetition, definition });
      else walk(node, value, repetition, definition + 1);
    } else walk(node, value, repetition, definition);
  };
  const top = nodes.find((node) => isOn(node, target));
  if (top !== undefined) visit(top, row[top.element.name], 0, 0);
  return entries;
}

function isOn(node: SchemaNode, target: SchemaLeaf): boolean {
  return node.kind === "leaf" ? node === target : node.children.some((child) => isOn(child, target));
}

function pagesOf(
  leaf: SchemaLeaf,
  rows: readonly PlainRow[],
  lengths: readonly number[],
  nodes: readonly SchemaNode[],
  claims: PageClaims = {},
): readonly Page[] {
  const pages: Page[] = [];
  for (let firstRow = 0; firstRow < rows.length || pages.length === 0;) {
    const length = Math.max(1, lengths[Math.min(pages.length, lengths.length - 1)] ?? Infinity);
    const entries = rows.slice(firstRow, firstRow + length).flatMap((row) => shred(nodes, row, leaf));
    pages.push({ bytes: encodePage(leaf, entries, claims), firstRow, entries, leaf });
    firstRow += length;
  }
  return pages;
}

function encodePage(leaf: SchemaLeaf, entries: readonly Entry[], claims: PageClaims): Uint8Array {
  const levels = [
    ...(leaf.repetitionLevel > 0 ? [encodeLevels(entries.map((entry) => entry.repetition))] : []),
    ...(leaf.definitionLevel > 0 ? [encodeLevels(entries.map((entry) => entry.definition))] : []),
  ];
  const body = Buffer.concat([...levels, encodeValues(leaf, valuesOf(entries))]);
  const header = new ThriftWriter();
  header.struct([], () => {
    header.i32(1, 0);
    header.i32(2, claims.uncompressedSize ?? body.length);
    header.i32(3, claims.compressedSize ?? body.length);
    header.i32(4, claims.crc === "true" ? portableCrc32(body) | 0 : claims.crc);
    header.nested(5, [], () => {
      header.i32(1, claims.valueCount ?? entries.length);
      header.i32(2, 0);
      header.i32(3, 3);
      header.i32(4, 3);
    });
  });
  return Buffer.concat([header.finish(), body]);
}

function valuesOf(entries: readonly Entry[]): readonly PlainValue[] {
  return entries.flatMap(({ value }) => (value === undefined ? [] : [value]));
}

/** The RLE hybrid, each level a run of its own: levels here are below 256. */
function encodeLevels(levels: readonly number[]): Uint8Array {
  const runs = levels.flatMap((level) => [2, level]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(runs.length);
  return Buffer.concat([length, Uint8Array.from(runs)]);
}

function encodeValues(leaf: SchemaLeaf, values: readonly PlainValue[]): Uint8Array {
  if (leaf.physicalType !== "BOOLEAN") return Buffer.concat(values.map((value) => encodeValue(leaf.physicalType, value, true)));
  const bits = new Uint8Array((values.length + 7) >> 3);
  values.forEach((value, i) => {
    if (value === true) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  });
  return bits;
}

export function encodeValue(type: PhysicalType, value: PlainValue, withLength: boolean): Uint8Array {
  const bytes = Buffer.alloc(8);
  switch (type) {
    case "BOOLEAN":
      return Uint8Array.of(value === true ? 1 : 0);
    case "INT32":
      bytes.writeInt32LE(Number(value) | 0);
      return bytes.subarray(0, 4);
    case "INT64":
      bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value as bigint)));
      return bytes;
    case "FLOAT":
      bytes.writeFloatLE(Number(value));
      return bytes.subarray(0, 4);
    case "DOUBLE":
      bytes.writeDoubleLE(Number(value));
      return bytes;
    case "BYTE_ARRAY": {
      bytes.writeUInt32LE((value as Uint8Array).length);
      return withLength ? Buffer.concat([bytes.subarray(0, 4), value as Uint8Array]) : (value as Uint8Array);
    }
    case "INT96":
    case "FIXED_LEN_BYTE_ARRAY":
      return value as Uint8Array;
  }
}

/** In the order of signed numbers, or of unsigned bytes. */
function compare(a: PlainValue, b: PlainValue): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function extremes(entries: readonly Entry[]): { readonly min: PlainValue; readonly max: PlainValue } | undefined {
  const [first, ...rest] = valuesOf(entries);
  if (first === undefined) return undefined;
  const pick = (sign: number): PlainValue => rest.reduce((best, value) => (sign * compare(value, best) < 0 ? value : best), first);
  return { min: pick(1), max: pick(-1) };
}

function nullCountOf(entries: readonly Entry[]): number {
  return entries.length - valuesOf(entries).length;
}

function chunkOf(leaf: SchemaLeaf, pages: readonly Page[], start: number, withStatistics: boolean): ColumnChunk {
  const entries = pages.flatMap((page) => page.entries);
  const size = pages.reduce((sum, page) => sum + page.bytes.length, 0);
  const statistics = withStatistics && leaf.physicalType !== "INT96" ? statisticsOf(leaf, entries) : undefined;
  return {
    filePath: undefined,
    fileOffset: 0,
    metadata: {
      type: leaf.physicalType,
      encodings: [0, 3],
      path: leaf.path,
      codec: 0,
      valueCount: entries.length,
      uncompressedSize: size,
      compressedSize: size,
      keyValues: undefined,
      dataPageOffset: start,
      indexPageOffset: undefined,
      dictionaryPageOffset: undefined,
      statistics,
      unknown: [],
    },
    offsetIndex: undefined,
    columnIndex: undefined,
    unknown: [],
  };
}

function statisticsOf(leaf: SchemaLeaf, entries: readonly Entry[]): Statistics {
  const bounds = extremes(entries);
  return {
    max: undefined,
    min: undefined,
    nullCount: nullCountOf(entries),
    distinctCount: undefined,
    maxValue: bounds === undefined ? undefined : encodeValue(leaf.physicalType, bounds.max, false),
    minValue: bounds === undefined ? undefined : encodeValue(leaf.physicalType, bounds.min, false),
    isMaxExact: undefined,
    isMinExact: undefined,
    unknown: [],
  };
}

function encodeOffsetIndex(pages: readonly Page[], starts: readonly number[]): Uint8Array {
  const writer = new ThriftWriter();
  writer.struct([], () => {
    writer.structs(1, [...pages.keys()], (page) => {
      writer.struct([], () => {
        writer.i64(1, starts[page]);
        writer.i32(2, pages[page]?.bytes.length);
        writer.i64(3, pages[page]?.firstRow);
      });
    });
  });
  return writer.finish();
}

function encodeColumnIndex(pages: readonly Page[]): Uint8Array {
  const bounds = pages.map((page) => extremes(page.entries));
  const bytes = (page: number, value: PlainValue | undefined): Uint8Array => {
    const type = pages[page]?.leaf.physicalType;
    return value === undefined || type === undefined ? new Uint8Array(0) : encodeValue(type, value, false);
  };
  const writer = new ThriftWriter();
  writer.struct([], () => {
    writer.booleans(
      1,
      bounds.map((bound) => bound === undefined),
    );
    writer.binaries(
      2,
      bounds.map((bound, page) => bytes(page, bound?.min)),
    );
    writer.binaries(
      3,
      bounds.map((bound, page) => bytes(page, bound?.max)),
    );
    writer.i32(4, 0);
    writer.i64s(
      5,
      pages.map((page) => nullCountOf(page.entries)),
    );
  });
  return writer.finish();
}
