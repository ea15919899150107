/**
 * What touches rows and files, behind one door that `loadEngine` opens: with it come Arrow, the expressions and the codec.
 */
export { appendRows } from "../engine/append.js";
export { deleteRows } from "../engine/delete.js";
export { mergeRows } from "../engine/merge.js";
export { overwriteRows } from "../engine/overwrite.js";
export { readParquetFile } from "../engine/read-parquet-file.js";
export { updateRows } from "../engine/update.js";
export { toBatches } from "../schema/batch-input.js";
export { changeBatches, changeRange } from "./changes.js";
export { createTable } from "./create-table.js";
export { arrowTable, count, explain, files, scanBatches, scanRows } from "./reads.js";
