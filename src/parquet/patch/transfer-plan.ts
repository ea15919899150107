import type { ReadColumn } from "../adapt/projection.js";
import { leavesOf, projectColumns, type Projection } from "../adapt/projection.js";
import type { Compression } from "../codec/codec.js";
import { fileCalendar, type FileCalendar } from "../metadata/calendar.js";
import {
  compressionCodecs,
  convertedType,
  isEncrypted,
  type ColumnMetadata,
  type FileMetadata,
  type RowGroup,
} from "../metadata/file-metadata.js";
import type { ParquetFooter } from "../metadata/footer.js";
import { leafType } from "../metadata/leaf-type.js";
import { schemaTree, type SchemaLeaf, type SchemaNode, type SchemaTree } from "../metadata/schema-tree.js";
import { leafShape } from "./leaf-shape.js";
import type { LeafShape } from "./patch-wire.js";

/** What row groups taken over from another file have to be like. */
export interface TransferTarget {
  /** A footer as the encoder makes it for the schema of the new file. */
  readonly like: FileMetadata;
  readonly compression: Compression;
  readonly formatVersion: "1.0" | "2.0";
}

/** One column of the new file, and where it lies in the old one. */
export interface TransferColumn {
  /** In the new file's order. */
  readonly leaves: readonly TransferLeaf[];
}

export interface TransferLeaf {
  readonly from: SchemaLeaf;
  readonly to: SchemaLeaf;
  /** Present when its chunks can be patched. */
  readonly shape: LeafShape | undefined;
  /** Whether the old file says that all its pages are sealed. */
  readonly isSealed: boolean;
  /** Whether the old file says that its statistics are in the order that the format defines. */
  readonly isOrdered: boolean;
}

/**
 * How the columns of a new file are found in an old one, one for each of `columns`, so that their pages mean the same in both;
 * `undefined` when a column is absent, or of another type, nullability, nesting or calendar.
 */
export function planTransfer(
  footer: ParquetFooter,
  columns: readonly ReadColumn[],
  target: TransferTarget,
  path: string,
): readonly TransferColumn[] | undefined {
  const tree = schemaTree(target.like.schema, path);
  const calendar = fileCalendar(footer.metadata);
  const wanted = tree.root.children;
  if (wanted.length !== columns.length) return undefined;
  const found: TransferColumn[] = [];
  for (const [index, projection] of projectColumns(footer.schema, columns, path).entries()) {
    const to = wanted[index];
    if (to === undefined || !isWhole(projection)) return undefined;
    const from = leavesOf(projection);
    const targets = tree.leaves.filter(({ path: names }) => names[0] === to.path[0]);
    if (from.length !== targets.length) return undefined;
    const leaves = targets.map((leaf, at) => ({
      from: from[at] as SchemaLeaf,
      to: leaf,
      shape: leafShape(leaf),
      isSealed: footer.seal !== undefined,
      isOrdered: isOrdered(footer, from[at]),
    }));
    if (!leaves.every((leaf) => meansTheSame(leaf, footer.schema, tree, calendar))) return undefined;
    found.push({ leaves });
  }
  return found;
}

function isOrdered({ metadata }: ParquetFooter, leaf: SchemaLeaf | undefined): boolean {
  return metadata.columnOrders?.[leaf?.leafIndex ?? -1]?.kind === "type";
}

/** Whether every part of the wanted column is in the file. */
function isWhole(projection: Projection): boolean {
  switch (projection.kind) {
    case "missing":
      return false;
    case "leaf":
      return true;
    case "struct":
      return projection.carrier === undefined && projection.fields.every((field) => isWhole(field.projection));
    case "list":
      return isWhole(projection.element);
    case "map":
      return isWhole(projection.key) && isWhole(projection.value);
  }
}

function meansTheSame({ from, to }: TransferLeaf, fromTree: SchemaTree, toTree: SchemaTree, calendar: FileCalendar): boolean {
  const [old, wanted] = [leafType(from), leafType(to)];
  if (from.physicalType !== to.physicalType || (from.element.typeLength ?? 0) !== (to.element.typeLength ?? 0)) return false;
  if (JSON.stringify(old) !== JSON.stringify(wanted) || old.kind === "int96" || old.kind === "foreign") return false;
  if (isText(from) !== isText(to)) return false;
  if (old.kind === "date" && calendar.dates !== "proleptic") return false;
  if (old.kind === "timestamp" && calendar.timestamps !== "proleptic") return false;
  return repetitionsOf(fromTree, from) === repetitionsOf(toTree, to);
}

/** Bytes that nobody says are text may be none. */
function isText({ element }: SchemaLeaf): boolean {
  const { logicalType, convertedType: converted } = element;
  return logicalType === undefined ? converted === convertedType.utf8 : logicalType.kind === "string";
}

/** The repetition of every node on the way to a leaf: levels mean the same only where these are the same. */
function repetitionsOf(tree: SchemaTree, leaf: SchemaLeaf): string {
  let node: SchemaNode = tree.root;
  const repetitions: string[] = [];
  for (const name of leaf.path) {
    const child: SchemaNode | undefined = node.kind === "group" ? node.children.find(({ element }) => element.name === name) : undefined;
    if (child === undefined) return "";
    repetitions.push(child.element.repetition ?? "");
    node = child;
  }
  return repetitions.join(" ");
}

const codecOf: Readonly<Record<Compression, (typeof compressionCodecs)[number]>> = {
  uncompressed: "UNCOMPRESSED",
  snappy: "SNAPPY",
  gzip: "GZIP",
  brotli: "BROTLI",
  lz4_raw: "LZ4_RAW",
  zstd: "ZSTD",
};

/** Encoding's numbers that every reader of format 1.0 knows: PLAIN, PLAIN_DICTIONARY, RLE, BIT_PACKED, RLE_DICTIONARY. */
const OLD_ENCODINGS: readonly number[] = [0, 2, 3, 4, 8];

/** The chunk, when it is one that the new file may have as it is. */
export function transferableChunk(
  group: RowGroup,
  leaf: SchemaLeaf,
  { compression, formatVersion }: TransferTarget,
): ColumnMetadata | undefined {
  const chunk = group.columns[leaf.leafIndex];
  const metadata = chunk?.metadata;
  if (chunk === undefined || metadata === undefined || isEncrypted(chunk) || (chunk.filePath ?? "") !== "") return undefined;
  if (compressionCodecs[metadata.codec] !== codecOf[compression]) return undefined;
  if (formatVersion === "1.0" && !metadata.encodings.every((encoding) => OLD_ENCODINGS.includes(encoding))) return undefined;
  return metadata;
}
