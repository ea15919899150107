import type { ClauseText, PlainRow } from "./table-fixture.js";

/** An expression twice: as SQL, and as what it says of a target row and a source row (`undefined`: no such row). */
export interface Twin<T> {
  readonly sql: string;
  readonly of: (target: PlainRow, source: PlainRow) => T;
}

export interface TwinClause {
  readonly text: ClauseText;
  readonly where: ((target: PlainRow, source: PlainRow) => boolean) | undefined;
  /** The row that comes of it; `undefined`: the row is deleted. */
  readonly apply: (target: PlainRow, source: PlainRow) => PlainRow | undefined;
}

export interface ExpectedMerge {
  readonly rows: readonly PlainRow[];
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Files with a changed row. */
  readonly touched: ReadonlySet<string>;
  /** Rows of touched files that stay as they are. */
  readonly copied: number;
}

const noRow: PlainRow = {};

/** What a merge makes of the table, by its definition. */
export function expectedMerge(
  files: ReadonlyMap<string, readonly PlainRow[]>,
  source: readonly PlainRow[],
  on: Twin<boolean>,
  clauses: readonly TwinClause[],
): ExpectedMerge | "multiple-matches" {
  const ofKind = (kind: ClauseText["on"]): readonly TwinClause[] => clauses.filter(({ text }) => text.on === kind);
  const [matched, notMatched, bySource] = [ofKind("matched"), ofKind("not-matched"), ofKind("not-matched-by-source")];
  const onlyDeletes = matched.length === 1 && matched[0]?.text.action === "delete" && matched[0].where === undefined;
  const rows: PlainRow[] = [];
  const touched = new Set<string>();
  const counts = { inserted: 0, updated: 0, deleted: 0, copied: 0 };
  for (const [path, fileRows] of files) {
    let changed = 0;
    for (const row of fileRows) {
      const partners = source.filter((each) => on.of(row, each));
      if (partners.length > 1 && matched.length > 0 && !onlyDeletes) return "multiple-matches";
      const [partner = noRow] = partners;
      const clause = (partners.length > 0 ? matched : bySource).find(({ where }) => where === undefined || where(row, partner));
      const after = clause === undefined ? row : clause.apply(row, partner);
      if (after !== undefined) rows.push(after);
      if (clause === undefined) continue;
      changed++;
      if (after === undefined) counts.deleted++;
      else counts.updated++;
    }
    if (changed > 0) {
      touched.add(path);
      counts.copied += fileRows.length - changed;
    }
  }
  const targets = [...files.values()].flat();
  for (const row of source) {
    if (targets.some((target) => on.of(target, row))) continue;
    const after = notMatched.find(({ where }) => where === undefined || where(noRow, row))?.apply(noRow, row);
    if (after === undefined) continue;
    rows.push(after);
    counts.inserted++;
  }
  return { rows, touched, ...counts };
}
