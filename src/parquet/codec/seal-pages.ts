import { assert } from "../../base/assert.js";
import { joinBytes } from "../../base/join-bytes.js";
import type { EncodedChunk, EncodedFile } from "../metadata/encoded-file.js";
import type { ColumnChunk, Location } from "../metadata/file-metadata.js";
import { decodeFooter, footerBytes } from "../metadata/footer.js";
import { decodePageHeader, sealPageHeader } from "../metadata/page-header.js";
import { decodeOffsetIndex } from "../metadata/page-index.js";

/** For messages. */
const WHAT = "an encoded row group";

/**
 * Takes a file of the encoder apart into copies of its column chunks, in which every page has its checksum, and every page
 * header its seal. The encoder writes neither; headers grow by it.
 */
export function sealPages(file: Uint8Array): EncodedFile {
  // What is decoded holds views of it, and the encoder takes its memory back.
  const { metadata } = decodeFooter(footerBytes(file, WHAT).slice(), WHAT);
  const groups = metadata.rowGroups.map(({ rowCount, columns }) => ({
    rowCount,
    chunks: columns.map((chunk) => sealChunk(file, chunk, rowCount)),
  }));
  return { footer: { ...metadata, rowCount: 0, rowGroups: [] }, groups };
}

/** Where a page was in the file, and where it is in its chunk. */
interface MovedPage {
  readonly from: number;
  readonly to: number;
  /** Bytes, header and all. */
  readonly size: number;
}

function sealChunk(file: Uint8Array, { metadata, ...chunk }: ColumnChunk, rowCount: number): EncodedChunk {
  assert(metadata !== undefined, "an encoded column chunk has metadata");
  const start = metadata.dictionaryPageOffset ?? metadata.dataPageOffset;
  const end = start + metadata.compressedSize;
  const pieces: Uint8Array[] = [];
  const pages: MovedPage[] = [];
  let size = 0;
  for (let from = start; from < end;) {
    const bytes = file.subarray(from, end);
    const header = decodePageHeader(bytes);
    assert(typeof header !== "string", "an encoded page has a header");
    const page = bytes.subarray(header.size, header.size + header.compressedSize);
    const sealed = sealPageHeader(bytes, page);
    pages.push({ from, to: size, size: sealed.length + page.length });
    pieces.push(sealed, page);
    size += sealed.length + page.length;
    from += header.size + page.length;
  }
  const pageAt = (offset: number): MovedPage => {
    const page = pages.find(({ from }) => from === offset);
    assert(page !== undefined, "a chunk's first pages are among its pages");
    return page;
  };
  const grown = size - metadata.compressedSize;
  return {
    parts: [joinBytes(pieces)],
    metadata: {
      ...metadata,
      compressedSize: size,
      uncompressedSize: metadata.uncompressedSize + grown,
      dataPageOffset: pageAt(metadata.dataPageOffset).to,
      dictionaryPageOffset: metadata.dictionaryPageOffset === undefined ? undefined : pageAt(metadata.dictionaryPageOffset).to,
    },
    offsetIndex: sealedIndex(bytesAt(file, chunk.offsetIndex), pages, { start, end, rowCount }),
    columnIndex: bytesAt(file, chunk.columnIndex)?.slice(),
  };
}

/** The offset index with the pages' new places. */
function sealedIndex(
  bytes: Uint8Array | undefined,
  pages: readonly MovedPage[],
  extent: { readonly start: number; readonly end: number; readonly rowCount: number },
): EncodedChunk["offsetIndex"] {
  if (bytes === undefined) return undefined;
  const { firstRows, offsets } = decodeOffsetIndex(bytes, { path: WHAT, ...extent });
  // It leaves out the dictionary, which comes first.
  const indexed = pages.slice(pages.length - offsets.length);
  assert(
    offsets.every((offset, page) => indexed[page]?.from === offset),
    "the indexes of an encoded file name its pages",
  );
  return { firstRows, offsets: indexed.map(({ to }) => to), sizes: indexed.map(({ size }) => size) };
}

function bytesAt(file: Uint8Array, location: Location | undefined): Uint8Array | undefined {
  return location === undefined ? undefined : file.subarray(location.offset, location.offset + location.length);
}
