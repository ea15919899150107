import { sealPageHeader } from "../metadata/page-header.js";
import { encodePageHeader, type DataPageHeader, type DictionaryPageHeader } from "./page-header.js";

/** Collects the pages of one column chunk. */
export class PageSink {
  /** Bytes so far. */
  size = 0;
  uncompressedSize = 0;
  private out: Uint8Array;

  constructor(expectedSize: number) {
    this.out = new Uint8Array(Math.ceil(expectedSize * 1.02) + (16 << 10));
  }

  /** Adds a page with its checksum; gives its bytes, header included. The stored bytes are copied. */
  add(header: DictionaryPageHeader | DataPageHeader, stored: Uint8Array): number {
    const head = sealPageHeader(encodePageHeader({ ...header, compressedSize: stored.length }), stored);
    const start = this.size;
    this.size = start + head.length + stored.length;
    if (this.size > this.out.length) {
      const grown = new Uint8Array(Math.ceil(this.size * 1.25));
      grown.set(this.out);
      this.out = grown;
    }
    this.out.set(head, start);
    this.out.set(stored, start + head.length);
    this.uncompressedSize += head.length + header.size;
    return head.length + stored.length;
  }

  /** All pages, in memory of their own. */
  finish(): Uint8Array {
    return this.out.subarray(0, this.size);
  }
}
