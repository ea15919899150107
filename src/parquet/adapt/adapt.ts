import { Data } from "apache-arrow";
import { assert } from "../../base/assert.js";
import { allValid, assemble } from "../../columnar/assemble.js";
import { nullCountOf } from "../../columnar/access.js";
import { nullOfArrowType } from "../../columnar/build.js";
import type { Column } from "../../columnar/column.js";
import type { AdaptContext } from "./adapt-context.js";
import { convertLeaf } from "./adapt-leaf.js";
import { corruptFile } from "../corrupt.js";
import type { ProjectedStruct, Projection } from "./projection.js";

/**
 * The column the codec decoded under `miniSchema` as the Arrow mapping of the wanted type. Buffers that already fit are
 * shared, not copied.
 *
 * @throws schema/overflow   a value that the wanted type cannot hold
 * @throws parquet/corrupt   null as a map key
 */
export function adaptColumn(decoded: Column, projection: Projection, context: AdaptContext): Column {
  switch (projection.kind) {
    case "missing":
      return nullOfArrowType(projection.arrowType, decoded.length);
    case "leaf":
      return convertLeaf(decoded, projection, context);
    case "list": {
      const [element] = decoded.children;
      assert(element !== undefined, "a decoded list has elements");
      return rebuilt(decoded, projection.arrowType, [adaptColumn(element, projection.element, context)]);
    }
    case "map":
      return adaptMap(decoded, projection, context);
    case "struct":
      return rebuilt(decoded, projection.arrowType, adaptFields(decoded, projection, context));
  }
}

function adaptFields(decoded: Column, { fields, carrier }: ProjectedStruct, context: AdaptContext): readonly Column[] {
  let next = 0;
  return fields.map(({ projection }) => {
    if (projection.kind === "missing") return nullOfArrowType(projection.arrowType, decoded.length);
    const child = carrier === undefined ? decoded.children[next++] : undefined;
    assert(child !== undefined, "a decoded struct has the fields of its projection");
    return adaptColumn(child, projection, context);
  });
}

function adaptMap(decoded: Column, projection: Projection & { readonly kind: "map" }, context: AdaptContext): Column {
  const [entries] = decoded.children;
  const [key, value] = entries?.children ?? [];
  assert(entries !== undefined && key !== undefined && value !== undefined, "a decoded map has keys and values");
  if (nullCountOf(key) > 0) throw corruptFile(context.path, `the map column ${context.column} has null among its keys`);
  const [entryField] = projection.arrowType.children;
  assert(entryField !== undefined, "a map type has an entry field");
  const children = [adaptColumn(key, projection.key, context), adaptColumn(value, projection.value, context)];
  const adapted = assemble(entryField.type, entries.length, allValid, { children });
  return rebuilt(decoded, projection.arrowType, [adapted]);
}

/** The same rows under another type, with other children. */
function rebuilt(column: Column, type: Column["type"], children: readonly Column[]): Column {
  return new Data(type, column.offset, column.length, nullCountOf(column), column.buffers, [...children]);
}
