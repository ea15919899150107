import { describe, expect, it } from "vitest";
import { fileColumns, mappingMode } from "../../../src/delta/protocol/file-columns.js";
import { array, field, struct, types } from "../../../src/schema/data-types.js";
import type { Field } from "../../../src/schema/types.js";

const named = (name: string, physical: string, type: Field["type"] = types.long): Field =>
  field(name, type, { metadata: { "delta.columnMapping.physicalName": physical, "delta.columnMapping.id": 1 } });

// Names were swapped at both levels, and one column never got a physical name.
const part = named("day", "col-9", types.date);
const schema = struct([
  part,
  named("a", "b"),
  named("b", "a", struct([named("x", "y"), named("y", "x", array(struct([named("deep", "col-3")])))])),
  field("plain", types.string),
]);

describe("columns of files", () => {
  it("without a mapping have the names of the schema", () => {
    const files = fileColumns("none", schema, [part], ["DAY"]);
    expect(files.find(["b", "x"])).toMatchObject({ type: types.long, path: ["b", "x"] });
    expect(files.partitionKeys).toEqual(["DAY"]);
    expect(files.matchBy).toBe("name");
    expect(files.schema.fields.map(({ name }) => name)).toEqual(["a", "b", "plain"]);
  });

  it.each(["name", "id"] as const)("with the mapping %s have their physical names at every level", (mode) => {
    const files = fileColumns(mode, schema, [part], ["day"]);
    expect(files.find(["a"])).toMatchObject({ type: types.long, path: ["b"] });
    expect(files.find(["b", "x"])).toMatchObject({ type: types.long, path: ["a", "y"] });
    expect(files.find(["plain"])).toMatchObject({ type: types.string, path: ["plain"] });
    expect(files.find(["day"]), "it is in no data file").toBeUndefined();
    expect(files.find(["b", "y", "deep"]), "there are no bounds below arrays").toBeUndefined();
    expect(files.partitionKeys).toEqual(["col-9"]);
    expect(files.matchBy).toBe(mode);
    expect(JSON.stringify(files.schema.fields.map((one) => [one.name, one.type]))).toContain('"name":"col-3"');
  });

  it("are refused in a mode that nobody knows", () => {
    expect(mappingMode(new Map([["delta.columnMapping.mode", "NAME"]]))).toBe("name");
    expect(() => mappingMode(new Map([["delta.columnMapping.mode", "sideways"]]))).toThrow(/"sideways".*none, name and id/);
  });
});
