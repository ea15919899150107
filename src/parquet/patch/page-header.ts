import { ThriftReader } from "../thrift/thrift-reader.js";
import { ThriftWriter } from "../thrift/thrift-writer.js";

/** parquet.thrift PageHeader, as far as pages of version 1 need it. */
export type PageHeader = DictionaryPageHeader | DataPageHeader | { readonly kind: "other"; readonly end: number };

interface PageSizes {
  /** Where the header ends and the page begins. */
  readonly end: number;
  readonly size: number;
  readonly compressedSize: number;
  readonly valueCount: number;
  readonly encoding: number;
  readonly crc: number | undefined;
}

export interface DictionaryPageHeader extends PageSizes {
  readonly kind: "dictionary";
}

export interface DataPageHeader extends PageSizes {
  readonly kind: "data";
  readonly levelEncoding: number;
}

/** parquet.thrift Encoding. */
export const encodings = { plain: 0, plainDictionary: 2, rle: 3, rleDictionary: 8 } as const;

const pageTypes = { data: 0, dictionary: 2 } as const;

/** @throws parquet/corrupt  bytes that are no page header */
export function readPageHeader(bytes: Uint8Array, start: number, path: string): PageHeader {
  const reader = new ThriftReader(bytes, path, "page header", start);
  let [type, size, compressedSize, valueCount, encoding, levelEncoding] = [-1, 0, 0, 0, -1, -1];
  let crc: number | undefined;
  const readCounts = (): void =>
    reader.nested(() =>
      reader.struct((id) => {
        if (id === 1) valueCount = reader.count();
        else if (id === 2) encoding = reader.i32();
        else if (id === 3 && type === pageTypes.data) levelEncoding = reader.i32();
        else reader.raw();
      }),
    );
  reader.struct((id) => {
    if (id === 1) type = reader.i32();
    else if (id === 2) size = reader.count();
    else if (id === 3) compressedSize = reader.count();
    else if (id === 4) crc = reader.i32() >>> 0;
    else if ((id === 5 && type === pageTypes.data) || (id === 7 && type === pageTypes.dictionary)) readCounts();
    else reader.raw();
  });
  const end = reader.position;
  const common = { end, size, compressedSize, valueCount, encoding, crc };
  if (type === pageTypes.dictionary) return { kind: "dictionary", ...common };
  return type === pageTypes.data ? { kind: "data", ...common, levelEncoding } : { kind: "other", end };
}

/** A page header, without statistics and checksum. */
export function encodePageHeader(header: DictionaryPageHeader | DataPageHeader): Uint8Array {
  const writer = new ThriftWriter();
  writer.struct([], () => {
    writer.i32(1, pageTypes[header.kind]);
    writer.i32(2, header.size);
    writer.i32(3, header.compressedSize);
    writer.nested(header.kind === "data" ? 5 : 7, [], () => {
      writer.i32(1, header.valueCount);
      writer.i32(2, header.encoding);
      if (header.kind !== "data") return;
      writer.i32(3, header.levelEncoding);
      writer.i32(4, encodings.rle);
    });
  });
  return writer.finish();
}
