import { sealPageHeader } from "../metadata/page-header.js";
import { encodePageHeader, type DataPageHeader, type DictionaryPageHeader } from "./page-header.js";

/** Collects the pages of one column chunk. */
export interface PageSink {
  /** Bytes so far. */
  readonly size: number;
  readonly uncompressedSize: number;
  /** Adds a page with its checksum; gives its bytes, header included. The stored bytes are copied. */
  add(header: DictionaryPageHeader | DataPageHeader, stored: Uint8Array): number;
  /** All pages, in memory of their own. */
  finish(): Uint8Array;
}

export function openPageSink(expectedSize: number): PageSink {
  let out = new Uint8Array(Math.ceil(expectedSize * 1.02) + (16 << 10));
  let size = 0;
  let uncompressedSize = 0;
  return {
    get size() {
      return size;
    },
    get uncompressedSize() {
      return uncompressedSize;
    },
    add: (header, stored) => {
      const head = sealPageHeader(encodePageHeader({ ...header, compressedSize: stored.length }), stored);
      const end = size + head.length + stored.length;
      if (end > out.length) {
        const grown = new Uint8Array(Math.ceil(end * 1.25));
        grown.set(out);
        out = grown;
      }
      out.set(head, size);
      out.set(stored, size + head.length);
      size = end;
      uncompressedSize += head.length + header.size;
      return head.length + stored.length;
    },
    finish: () => out.subarray(0, size),
  };
}
