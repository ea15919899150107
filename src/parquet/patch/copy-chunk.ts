import { decodePageHeader, pageType, sealPageHeader } from "../metadata/page-header.js";
import { isSound } from "./sound-page.js";
import type { OffsetIndex } from "../metadata/page-index.js";

/** A column chunk as it was, with all its pages sealed. */
export interface CopiedChunk {
  readonly parts: readonly Uint8Array[];
  readonly size: number;
  /** Bytes that the headers have grown by. */
  readonly grown: number;
  readonly dictionarySize: number;
  /** Where its data pages lie; absent when pages do not tell their rows. */
  readonly offsetIndex: OffsetIndex | undefined;
  readonly dataPages: number;
}

export interface CopyOptions {
  readonly valueCount: number;
  /** Rows can only be counted by values where no value repeats. */
  readonly isRepeated: boolean;
  readonly allowsV2: boolean;
  /** The file says that all its pages are sealed. */
  readonly isSealed: boolean;
}

/** `undefined` when its pages do not add up to `valueCount` values, or are of a kind that is not taken over. */
export function copyChunk(bytes: Uint8Array, { valueCount, isRepeated, allowsV2, isSealed }: CopyOptions): CopiedChunk | undefined {
  const parts: Uint8Array[] = [];
  const pages = { offsets: [] as number[], sizes: [] as number[], firstRows: [] as number[] };
  let [position, size, dictionarySize, values] = [0, 0, 0, 0];
  while (values < valueCount) {
    const rest = bytes.subarray(position);
    const header = decodePageHeader(rest);
    if (typeof header === "string" || header.compressedSize < 0 || header.size + header.compressedSize > rest.length) return undefined;
    const page = rest.subarray(header.size, header.size + header.compressedSize);
    if (!isSound(rest.subarray(0, header.size), page, header.crc, isSealed)) return undefined;
    const sealed = sealPageHeader(rest, page);
    if (header.type === pageType.dictionary) {
      if (position > 0) return undefined;
      dictionarySize = sealed.length + page.length;
    } else if (header.type === pageType.data || (header.type === pageType.dataV2 && allowsV2)) {
      // A page without values would begin at the same row as the next.
      if (header.valueCount <= 0) return undefined;
      pages.offsets.push(size);
      pages.sizes.push(sealed.length + page.length);
      pages.firstRows.push(values);
      values += header.valueCount;
    } else {
      return undefined;
    }
    parts.push(sealed, page);
    size += sealed.length + page.length;
    position += header.size + header.compressedSize;
  }
  if (values !== valueCount) return undefined;
  const offsetIndex = isRepeated ? undefined : pages;
  return { parts, size, grown: size - position, dictionarySize, offsetIndex, dataPages: pages.offsets.length };
}
