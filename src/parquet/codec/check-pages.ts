import { crc32 } from "../crc32.js";
import { decodePageHeader, isSealed, pageType, type PageHeader } from "../metadata/page-header.js";
import type { ChunkPages, PageDamage } from "./codec-wire.js";

/**
 * Walks the pages of a column chunk in `file` and gives the first that is damaged: a header that cannot be meant, sizes beyond
 * the chunk, a checksum that does not match. The decoder believes page headers: it allocates what they claim.
 */
export function checkPages(file: Uint8Array, chunk: ChunkPages): PageDamage | undefined {
  let position = chunk.start;
  let values = 0;
  while (position < chunk.end) {
    const bytes = file.subarray(position, chunk.end);
    const header = decodePageHeader(bytes);
    const problem = typeof header === "string" ? header : pageProblem(bytes, header, chunk);
    if (typeof header === "string" || problem !== undefined) {
      return { column: chunk.column, offset: offsetInFile(position, chunk), reason: problem ?? "" };
    }
    position += header.size + header.compressedSize;
    if (header.type === pageType.data || header.type === pageType.dataV2) {
      values += header.valueCount;
      // What lies behind the last value belongs to no page; old writers have left bytes there.
      if (values === chunk.valueCount && !chunk.isSealed) return undefined;
    }
  }
  if (chunk.valueCount === undefined || values === chunk.valueCount) return undefined;
  const reason = `the pages from there on hold ${values} values instead of ${chunk.valueCount}`;
  return { column: chunk.column, offset: offsetInFile(chunk.start, chunk), reason };
}

function pageProblem(bytes: Uint8Array, header: PageHeader, chunk: ChunkPages): string | undefined {
  const { size, compressedSize, uncompressedSize, valueCount, crc } = header;
  if (compressedSize < 0 || compressedSize > bytes.length - size) {
    return `its header says ${compressedSize} bytes, its column chunk has ${bytes.length - size} left`;
  }
  if (uncompressedSize < 0 || uncompressedSize > chunk.pageBytesMax) {
    return `its header says ${uncompressedSize} bytes uncompressed, which its column chunk cannot hold`;
  }
  if (valueCount < 0) return `its header says ${valueCount} values`;
  if (chunk.isSealed && (crc === undefined || !isSealed(bytes.subarray(0, size)))) return "its header does not match its checksum";
  if (crc !== undefined && crc32(bytes.subarray(size, size + compressedSize)) !== crc) return "its bytes do not match its checksum";
  return undefined;
}

/** Where in the file it comes from the byte at `position` lies. */
function offsetInFile(position: number, { start, sources }: ChunkPages): number {
  let rest = position - start;
  for (const source of sources) {
    if (rest < source.end - source.start) return source.start + rest;
    rest -= source.end - source.start;
  }
  return sources.at(-1)?.end ?? position;
}
