import type { FileType } from "../metadata/file-type.js";
import { convertedType, type LogicalType, type PhysicalType, type Repetition, type SchemaElement } from "../metadata/file-metadata.js";
import { leafType } from "../metadata/leaf-type.js";
import { carrierLeaves, type Projection } from "../adapt/projection.js";
import type { SchemaLeaf } from "../metadata/schema-tree.js";

/** The schema under which the codec decodes some columns, and the file's leaves in the order it has them. */
export interface MiniSchema {
  readonly elements: readonly SchemaElement[];
  readonly leaves: readonly MiniLeaf[];
}

export interface MiniLeaf {
  readonly leaf: SchemaLeaf;
  readonly type: PhysicalType;
  readonly path: readonly string[];
}

/**
 * A canonical schema over the same levels: three-level lists, maps as lists of entries, positions for names, and leaves
 * without annotations. A required group adds no level, so what old layouts lack can be put in without touching the pages.
 *
 * INT96 is called twelve fixed bytes: the codec would turn it into nanoseconds, which wrap outside the years 1677 to 2262.
 */
export function miniSchema(projections: readonly Projection[]): MiniSchema {
  const elements: SchemaElement[] = [];
  const leaves: MiniLeaf[] = [];
  const add = (name: string, repetition: Repetition | undefined, rest: Partial<SchemaElement>): void => {
    elements.push({ ...emptyElement, ...rest, name, repetition });
  };

  const emitLeaf = (leaf: SchemaLeaf, repetition: Repetition, path: readonly string[]): void => {
    const shape = leafShape(leaf);
    add(path.at(-1) ?? "", repetition, shape);
    leaves.push({ leaf, type: shape.type, path });
  };
  const emitList = (repetition: Repetition, path: readonly string[], emitElement: (path: readonly string[]) => void): void => {
    add(path.at(-1) ?? "", repetition, { childCount: 1, convertedType: convertedType.list, logicalType: { kind: "list" } });
    add("list", "repeated", { childCount: 1 });
    emitElement([...path, "list", "element"]);
  };
  const emit = (projection: Projection, path: readonly string[]): void => {
    switch (projection.kind) {
      case "missing":
        return;
      case "leaf":
        return emitLeaf(projection.leaf, repetitionOf(projection), path);
      case "list":
        return emitList(repetitionOf(projection), path, (element) => emit(projection.element, element));
      case "map":
        return emitList(repetitionOf(projection), path, (entry) => {
          add("element", "required", { childCount: 2 });
          emit(projection.key, [...entry, "0"]);
          emit(projection.value, [...entry, "1"]);
        });
      case "struct": {
        const { carrier } = projection;
        const present = projection.fields.filter((nested) => nested.projection.kind !== "missing");
        add(path.at(-1) ?? "", repetitionOf(projection), { childCount: carrier === undefined ? present.length : 1 });
        if (carrier !== undefined) return emitCarrier(carrier, [...path, "0"]);
        present.forEach((nested, index) => emit(nested.projection, [...path, String(index)]));
      }
    }
  };
  const emitCarrier = (carrier: FileType, path: readonly string[]): void => {
    const [leaf] = carrierLeaves(carrier);
    if (leaf === undefined) return;
    if (carrier.kind === "leaf") return emitLeaf(leaf, repetitionOf(carrier), path);
    if (carrier.kind === "list") return emitList(repetitionOf(carrier), path, (element) => emitCarrier(carrier.element, element));
    if (carrier.kind === "map") {
      return emitList(repetitionOf(carrier), path, (entry) => {
        add("element", "required", { childCount: 1 });
        emitCarrier(carrier.key, [...entry, "0"]);
      });
    }
    add(path.at(-1) ?? "", repetitionOf(carrier), { childCount: 1 });
    const inner = carrier.fields.find((nested) => carrierLeaves(nested.type).includes(leaf));
    if (inner !== undefined) emitCarrier(inner.type, [...path, "0"]);
  };

  const present = projections.filter((projection) => projection.kind !== "missing");
  add("schema", undefined, { childCount: present.length });
  present.forEach((projection, index) => emit(projection, [String(index)]));
  return { elements, leaves };
}

function repetitionOf({ nullable }: { readonly nullable: boolean }): Repetition {
  return nullable ? "optional" : "required";
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

interface LeafShape {
  readonly type: PhysicalType;
  readonly typeLength: number | undefined;
  readonly convertedType: number | undefined;
  readonly precision: number | undefined;
  readonly scale: number | undefined;
  readonly logicalType: LogicalType | undefined;
}

const noAnnotation = { convertedType: undefined, precision: undefined, scale: undefined, logicalType: undefined };

function leafShape(leaf: SchemaLeaf): LeafShape {
  const { typeLength } = leaf.element;
  if (leaf.physicalType === "INT96") return { type: "FIXED_LEN_BYTE_ARRAY", typeLength: 12, ...noAnnotation };
  const isFixed = leaf.physicalType === "FIXED_LEN_BYTE_ARRAY";
  if (isFixed && typeLength !== undefined && typeLength <= 16 && leafType(leaf).kind === "decimal") {
    // The codec turns decimals of fixed bytes into 128-bit words. Which ones they are is decided by the projection.
    const precision = Math.floor(Math.log10(2) * (8 * typeLength - 1));
    const annotation = { precision, scale: 0 };
    return {
      type: leaf.physicalType,
      typeLength,
      convertedType: convertedType.decimal,
      ...annotation,
      logicalType: { kind: "decimal", ...annotation },
    };
  }
  return { type: leaf.physicalType, typeLength: isFixed ? typeLength : undefined, ...noAnnotation };
}
