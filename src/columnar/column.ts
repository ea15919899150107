export type { Column } from "../schema/column.js";
