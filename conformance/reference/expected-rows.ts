import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBConnection,
  type DuckDBValue,
} from "@duckdb/node-api";

let connection: Promise<DuckDBConnection> | undefined;

/**
 * The rows of a Parquet file as DuckDB reads it, in the spelling of `rows()`. DuckDB is the second opinion: the expected
 * rows do not pass through the reader under test.
 */
export async function rowsByDuckDb(file: string): Promise<Record<string, unknown>[]> {
  connection ??= DuckDBInstance.create(":memory:", { threads: "1" }).then((instance) => instance.connect());
  const result = await (await connection).runAndReadAll(`SELECT * FROM read_parquet('${file.replaceAll("'", "''")}')`);
  const names = result.columnNames();
  return result.getRows().map((row) => Object.fromEntries(names.map((name, index) => [name, plain(row[index] ?? null)])));
}

function plain(value: DuckDBValue): unknown {
  if (value instanceof DuckDBDecimalValue) return decimalText(value.value, value.scale);
  if (value instanceof DuckDBTimestampTZValue) return `${timestampText(value.micros)}Z`;
  if (value instanceof DuckDBTimestampValue) return timestampText(value.micros);
  if (value instanceof DuckDBDateValue) return timestampText(BigInt(value.days) * microsPerDay).slice(0, 10);
  if (value instanceof DuckDBBlobValue) return value.bytes;
  if (value instanceof DuckDBListValue) return value.items.map(plain);
  if (value instanceof DuckDBMapValue) return new Map(value.entries.map(({ key, value: item }) => [plain(key), plain(item)]));
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, plain(item)]));
  return value;
}

const microsPerDay = 86_400_000_000n;

function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const sign = unscaled < 0n ? "-" : "";
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** ISO text with six fraction digits; `Date` covers the years −271821 to 275760, and only whole seconds go through it. */
function timestampText(micros: bigint): string {
  const seconds = micros >= 0n ? micros / 1_000_000n : (micros - 999_999n) / 1_000_000n;
  const fraction = (micros - seconds * 1_000_000n).toString().padStart(6, "0");
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}.${fraction}`;
}
