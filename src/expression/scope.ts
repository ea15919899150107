import type { Field, StructType } from "../schema/types.js";

/** What names mean while an expression is bound. Names are matched without regard to case; slots are positions in `columns`. */
export interface Scope {
  readonly columns: readonly ScopeColumn[];
}

export interface ScopeColumn {
  /** The relation's alias (`target`, `source`) when there is more than one. */
  readonly qualifier?: string | undefined;
  readonly field: Field;
}

/** The scope of one table: slot i is field i. */
export function tableScope(schema: StructType, qualifier?: string): Scope {
  return { columns: schema.fields.map((field) => ({ qualifier, field })) };
}
