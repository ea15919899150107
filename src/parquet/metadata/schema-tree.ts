import { corruptFile } from "../corrupt.js";
import type { PhysicalType, SchemaElement } from "./file-metadata.js";

/** A node of the Parquet schema. Levels count from the root: the number of optional or repeated nodes on the way, itself included. */
export type SchemaNode = SchemaGroup | SchemaLeaf;

interface SchemaNodeBase {
  readonly element: SchemaElement;
  /** Position of the element in the flattened schema. */
  readonly elementIndex: number;
  /** Names from below the root down to this node. */
  readonly path: readonly string[];
  readonly definitionLevel: number;
  readonly repetitionLevel: number;
}

export interface SchemaGroup extends SchemaNodeBase {
  readonly kind: "group";
  readonly children: readonly SchemaNode[];
}

export interface SchemaLeaf extends SchemaNodeBase {
  readonly kind: "leaf";
  readonly physicalType: PhysicalType;
  /** Position among the leaves, and so of its chunk in every row group. */
  readonly leafIndex: number;
}

export interface SchemaTree {
  readonly root: SchemaGroup;
  readonly leaves: readonly SchemaLeaf[];
}

/** Far above what any engine writes; keeps damaged bytes from exhausting the stack. */
const DEPTH_MAX = 256;

/**
 * The tree of a flattened schema.
 *
 * @throws parquet/corrupt  child counts that do not add up, a leaf without a type
 */
export function schemaTree(elements: readonly SchemaElement[], path: string): SchemaTree {
  const leaves: SchemaLeaf[] = [];
  let next = 0;
  const fail = (reason: string): never => {
    throw corruptFile(path, `its schema is no tree, ${reason}`);
  };
  const build = (parent: SchemaNodeBase | undefined, depth: number): SchemaNode => {
    const element = elements[next];
    if (element === undefined) return fail(`${elements.length} elements are fewer than the child counts say`);
    if (depth > DEPTH_MAX) return fail("it is nested too deeply");
    const elementIndex = next++;
    const base: SchemaNodeBase = {
      element,
      elementIndex,
      path: parent === undefined ? [] : [...parent.path, element.name],
      definitionLevel: parent === undefined ? 0 : parent.definitionLevel + (element.repetition === "required" ? 0 : 1),
      repetitionLevel: parent === undefined ? 0 : parent.repetitionLevel + (element.repetition === "repeated" ? 1 : 0),
    };
    if (parent !== undefined && element.repetition === undefined) return fail(`${base.path.join(".")} has no repetition type`);
    // A group may be written as a leaf-less struct: num_children 0 and no physical type.
    if (element.type !== undefined && (element.childCount ?? 0) === 0) {
      const leaf: SchemaLeaf = { ...base, kind: "leaf", physicalType: element.type, leafIndex: leaves.length };
      leaves.push(leaf);
      return leaf;
    }
    if (element.childCount === undefined) return fail(`${base.path.join(".")} has neither a type nor children`);
    if (element.childCount > elements.length - next) return fail(`${base.path.join(".")} has more children than there are elements`);
    const children: SchemaNode[] = [];
    for (let i = 0; i < element.childCount; i++) children.push(build(base, depth + 1));
    return { ...base, kind: "group", children };
  };
  const root = build(undefined, 0);
  if (root.kind !== "group") return fail("its root is no group");
  if (next !== elements.length) return fail(`${elements.length - next} elements belong to no group`);
  return { root, leaves };
}
