import type { ColumnMetadata, FileMetadata } from "./file-metadata.js";
import type { OffsetIndex } from "./page-index.js";

/**
 * What an encoder makes of rows, before it is a file: row groups whose places are not known yet, and what their footer says. Plain
 * data, which can pass between threads.
 */
export interface EncodedFile {
  /** Without row groups. */
  readonly footer: FileMetadata;
  readonly groups: readonly EncodedGroup[];
}

/** A row group whose column chunks lie apart: one for each leaf of the schema, in its order. Their pages are sealed. */
export interface EncodedGroup {
  readonly rowCount: number;
  readonly chunks: readonly EncodedChunk[];
}

export interface EncodedChunk {
  /** Its bytes, one after the other. */
  readonly parts: readonly Uint8Array[];
  /** Its offsets count from the first byte. */
  readonly metadata: ColumnMetadata;
  /** Its offsets count from the first byte. */
  readonly offsetIndex: OffsetIndex | undefined;
  readonly columnIndex: Uint8Array | undefined;
}
