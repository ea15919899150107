import { lowerBound } from "../../columnar/lower-bound.js";
import type { FileMetadata } from "../../parquet/metadata/file-metadata.js";
import { readFooter, type ParquetFooter } from "../../parquet/metadata/footer.js";
import { planGroup, transferGroup, type GroupChanges, type GroupTransfer } from "../../parquet/patch/transfer-group.js";
import { planTransfer, type TransferColumn, type TransferTarget } from "../../parquet/patch/transfer-plan.js";
import type { RangeReader } from "../../parquet/range-reader.js";
import type { KeptGroup } from "../../parquet/write/write-file.js";
import { typesEqual } from "../../schema/data-types.js";
import type { DataFile } from "../../table/data-file.js";
import type { EngineContext } from "../context.js";
import { dataFileReader, readColumn } from "../file-source.js";
import type { RewriteOptions } from "./rewrite-file.js";
import type { RowAction, RowChanges } from "./row-changes.js";
import { assignedSlots, encodeUpdatedRows, occurring } from "./updated-rows.js";

/** A stretch of a changed file, from one row group or from all of them. */
export interface RewriteUnit {
  readonly changes: RowChanges;
  /** Rows of the file; absent: all. */
  readonly range: { readonly start: number; readonly end: number } | undefined;
  /** How its row group is taken over; absent: its rows are decoded and encoded. */
  readonly transfer: UnitTransfer | undefined;
  readonly isLast: boolean;
}

export interface UnitTransfer {
  /** Memory it takes, in bytes. */
  readonly memoryBytes: number;
  /** `undefined` when the row group has to be decoded after all. */
  run(signal: AbortSignal): Promise<KeptGroup | undefined>;
}

/** Smaller row groups, by this share of the plan's size, are encoded together to larger ones. */
const GROUP_SHARE_MIN = 1 / 16;
/** Of a row group that loses more of its rows too little is left. */
const LOST_SHARE_MAX = 0.5;
/** When more of the rows are updated, encoding the whole of them is no slower. */
const UPDATED_SHARE_MAX = 0.2;
/** Fetched, patched, and on its way to the store. */
const COPIES = 3;

/**
 * The parts in which a file is rewritten. Row groups whose pages may stand in the new file as they are, or with some values replaced
 * and rows left out, are not decoded: unchanged values cost no more than the copying of their bytes.
 */
export async function* rewriteUnits(
  context: EngineContext,
  changes: RowChanges,
  options: RewriteOptions & { readonly like: () => Promise<FileMetadata> },
): AsyncGenerator<RewriteUnit, void, undefined> {
  const whole: RewriteUnit = { changes, range: undefined, transfer: undefined, isLast: true };
  const opened = await openTransfer(context, changes, options);
  const units = opened === undefined ? [] : unitsOf(context, opened, changes, options);
  if (units.every(({ transfer }) => transfer === undefined)) yield whole;
  else yield* units;
}

interface OpenTransfer {
  readonly file: RangeReader;
  readonly footer: ParquetFooter;
  readonly columns: readonly TransferColumn[];
  readonly target: TransferTarget;
}

async function openTransfer(
  context: EngineContext,
  { file, ...changes }: RowChanges,
  { snapshot, plan, rules, signal, like }: RewriteOptions & { readonly like: () => Promise<FileMetadata> },
): Promise<OpenTransfer | undefined> {
  if (file.rowDeletes !== undefined || file.size < plan.targetRowGroupBytes * GROUP_SHARE_MIN * 0.1) return undefined;
  if (!typesEqual(plan.schema, snapshot.schema)) return undefined;
  const fields = plan.fileColumns.flatMap((slot) => snapshot.schema.fields[slot] ?? []);
  const bindings = snapshot.bind(file, fields);
  if (bindings.some(({ from }) => from.kind !== "file")) return undefined;
  // A row whose partition value is assigned goes to another file.
  const assigned = assignedSlots(rules.actions.filter((_, index) => occurring(changes).has(index)));
  if (assigned.some((slot) => !plan.fileColumns.includes(slot))) return undefined;
  const reader = dataFileReader(context, file);
  const footer = await readFooter(reader, signal);
  const target = { like: await like(), compression: plan.compression, formatVersion: plan.formatVersion };
  const columns = planTransfer(footer, bindings.map(readColumn), target, reader.path);
  return columns && { file: reader, footer, columns, target };
}

function unitsOf(context: EngineContext, opened: OpenTransfer, changes: RowChanges, options: RewriteOptions): readonly RewriteUnit[] {
  const { rowGroups } = opened.footer.metadata;
  let start = 0;
  return rowGroups.flatMap((group, index) => {
    const range = { start, end: start + group.rowCount };
    start = range.end;
    if (group.rowCount === 0) return [];
    const inGroup = changesWithin(changes, range);
    const transfer = unitTransfer(context, { ...opened, changes: inGroup, range, index }, options);
    return [{ changes, range, transfer, isLast: index === rowGroups.length - 1 }];
  });
}

function changesWithin({ file, rows, actions, sourceRows }: RowChanges, { start, end }: { start: number; end: number }): RowChanges {
  const [from, to] = [lowerBound(rows, start), lowerBound(rows, end)];
  return { file, rows: rows.subarray(from, to), actions: actions?.subarray(from, to), sourceRows: sourceRows?.subarray(from, to) };
}

interface OpenGroup extends OpenTransfer {
  readonly index: number;
  readonly range: { readonly start: number; readonly end: number };
  /** Those of the row group. */
  readonly changes: RowChanges;
}

function unitTransfer(context: EngineContext, opened: OpenGroup, options: RewriteOptions): UnitTransfer | undefined {
  const { plan, rules } = options;
  const { file, footer, columns, target, changes } = opened;
  const group = footer.metadata.rowGroups[opened.index];
  if (group === undefined || group.byteSize < plan.targetRowGroupBytes * GROUP_SHARE_MIN) return undefined;
  const isUpdate = rules.actions.map((action) => action.kind === "update");
  const updated = changesWhere(changes, (action) => isUpdate[action] === true);
  const lost = changes.rows.length - updated.rows.length;
  if (lost > group.rowCount * LOST_SHARE_MAX || updated.rows.length > group.rowCount * UPDATED_SHARE_MAX) return undefined;
  const slots = updated.rows.length === 0 ? [] : assignedSlots(rules.actions.filter((_, index) => occurring(updated).has(index)));
  const valueColumns = plan.fileColumns.map((slot) => slots.indexOf(slot));
  const transfer = planGroup(file, footer, columns, { index: opened.index, target, valueColumns, losesRows: lost > 0 });
  if (transfer === undefined) return undefined;
  const memoryBytes = transfer.bytes * COPIES;
  if (memoryBytes > context.memory.limitBytes / 2) return undefined;
  return {
    memoryBytes,
    run: async (signal) => {
      const values = slots.length === 0 ? undefined : await encodeUpdatedRows(context, updated, slots, { ...options, signal });
      return runTransfer(context, opened, { transfer, values, valueColumns, isUpdate }, options, signal);
    },
  };
}

async function runTransfer(
  { codec }: EngineContext,
  { file, changes, range, target }: OpenGroup,
  planned: {
    readonly transfer: GroupTransfer;
    readonly values: Uint8Array | undefined;
    readonly valueColumns: readonly number[];
    readonly isUpdate: readonly boolean[];
  },
  { plan }: RewriteOptions,
  signal: AbortSignal,
): Promise<KeptGroup | undefined> {
  const { transfer, values, valueColumns, isUpdate } = planned;
  let next = 0;
  const takes = changes.rows.map((_, i) => (isUpdate[changes.actions?.[i] ?? 0] === true ? next++ : -1));
  const groupChanges: GroupChanges = { rows: changes.rows.map((row) => row - range.start), takes, values, valueColumns };
  return transferGroup(file, transfer, changes.rows.length === 0 ? undefined : groupChanges, {
    codec,
    target,
    hasNaN: (path) => hasNaN(changes.file, path, plan),
    signal,
  });
}

/** Whether the table's own bounds of the file count a NaN in. */
function hasNaN({ bounds }: DataFile, [name, ...below]: readonly string[], plan: RewriteOptions["plan"]): boolean | undefined {
  const slot = plan.fileColumns[plan.fileSchema.fields.findIndex((field) => field.name === name)];
  const logical = plan.schema.fields[slot ?? -1]?.name;
  if (logical === undefined || below.length > 0) return undefined;
  const { max, nullCount } = bounds.column([logical]) ?? {};
  if (typeof max === "number") return Number.isNaN(max);
  return nullCount !== undefined && nullCount === bounds.rowCount ? false : undefined;
}

function changesWhere(changes: RowChanges, isWanted: (action: number) => boolean): RowChanges {
  const { file, rows, actions, sourceRows } = changes;
  if (actions === undefined) return isWanted(0) ? changes : { ...changes, rows: rows.subarray(0, 0), sourceRows: undefined };
  const keep = (_: number, index: number): boolean => isWanted(actions[index] ?? 0);
  return { file, rows: rows.filter(keep), actions: actions.filter(keep), sourceRows: sourceRows?.filter(keep) };
}
