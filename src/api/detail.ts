import type { Table } from "../table/table-format.js";
import type { TableDetail } from "./results.js";

/** Counts files, bytes and rows of the snapshot; everything else is known from opening. */
export async function describeTable(url: string, table: Table): Promise<TableDetail> {
  const { snapshot, protocol } = table;
  let numFiles = 0;
  let sizeInBytes = 0;
  for await (const files of snapshot.plan()) {
    numFiles += files.length;
    for (const file of files) sizeInBytes += file.size;
  }
  return {
    format: "delta",
    id: snapshot.tableId,
    name: snapshot.name ?? null,
    description: snapshot.description ?? null,
    location: url,
    version: snapshot.version,
    createdAt: snapshot.createdMs === undefined ? null : new Date(snapshot.createdMs),
    lastModified: new Date(snapshot.timestampMs),
    partitionColumns: snapshot.partitionBy,
    numFiles,
    sizeInBytes,
    numRecords: (await snapshot.rowCount()) ?? null,
    properties: Object.fromEntries(snapshot.properties),
    minReaderVersion: protocol.minReaderVersion,
    minWriterVersion: protocol.minWriterVersion,
    tableFeatures: protocol.features,
  };
}
