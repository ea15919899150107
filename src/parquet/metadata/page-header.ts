import { LakeError } from "../../base/errors.js";
import { CRC_DIGITS, crc32, crcAt, putCrc } from "../crc32.js";
import { ThriftReader, thriftType, type UnknownField } from "../thrift/thrift-reader.js";
import { ThriftWriter } from "../thrift/thrift-writer.js";

/** What stands before the bytes of a page: parquet.thrift PageHeader, as far as it can be checked. */
export interface PageHeader {
  /** parquet.thrift PageType's number: see `pageType`. */
  readonly type: number;
  /** Bytes of the page, of which nothing is known yet: they may be negative. */
  readonly uncompressedSize: number;
  readonly compressedSize: number;
  /** CRC-32 of the page's bytes as they are stored, when the writer noted it. */
  readonly crc: number | undefined;
  /** Nulls included; of a dictionary page its entries. */
  readonly valueCount: number;
  /** Bytes of the header itself. */
  readonly size: number;
}

/** parquet.thrift PageType. */
export const pageType = { data: 0, index: 1, dictionary: 2, dataV2: 3 } as const;

/** PageHeader's fields for each type of page; each begins with the number of values. */
const DETAIL_FIELDS: Readonly<Record<number, number>> = { 5: pageType.data, 7: pageType.dictionary, 8: pageType.dataV2 };

/** The page header at the start of `bytes`, or why there is none. */
export function decodePageHeader(bytes: Uint8Array): PageHeader | string {
  const reader = new ThriftReader(bytes, "", "page header");
  let type: number | undefined;
  let uncompressedSize: number | undefined;
  let compressedSize: number | undefined;
  let crc: number | undefined;
  const valueCounts = new Map<number, number>();
  const readDetail = (kind: number): void => {
    reader.nested(() =>
      reader.struct((id) => {
        if (id === 1) valueCounts.set(kind, reader.i32());
        else reader.raw();
      }),
    );
  };
  try {
    reader.struct((id) => {
      const detail = DETAIL_FIELDS[id];
      if (detail !== undefined) readDetail(detail);
      else if (id === 1) type = reader.i32();
      else if (id === 2) uncompressedSize = reader.i32();
      else if (id === 3) compressedSize = reader.i32();
      else if (id === 4) crc = reader.i32() >>> 0;
      else reader.raw();
    });
  } catch (error) {
    if (!LakeError.is(error, "parquet/corrupt")) throw error;
    return `its header cannot be decoded, ${String(error.context["reason"])}`;
  }
  if (type === undefined || uncompressedSize === undefined || compressedSize === undefined) return "its header lacks type or size";
  const valueCount = valueCounts.get(type);
  const hasValues = Object.values(DETAIL_FIELDS).includes(type);
  if (hasValues && valueCount === undefined) return "its header does not say how many values it has";
  return { type, uncompressedSize, compressedSize, crc, valueCount: valueCount ?? 0, size: reader.position };
}

/**
 * The end of a header that `sealPageHeader` made: an extension field (id 32767, binary, 12 bytes: four that tell it from other
 * extensions, then the CRC-32 of all bytes of the header before it as hexadecimal digits) and the stop. Other readers pass
 * over it; some take it for text on the way, so text it is.
 *
 * The format's own checksum says nothing of the header, where a flipped bit makes other values of the same bytes.
 * @see https://parquet.apache.org/docs/file-format/binaryprotocolextensions
 */
const SEAL = Uint8Array.of(0x08, 0xfe, 0xff, 0x03, 0x0c, 0x4c, 0x4b, 0x54, 0x31);
const SEAL_BYTES = SEAL.length + CRC_DIGITS + 1;

/** The page header at the start of `bytes` with the checksum of `page`, its bytes as they are stored, and sealed. */
export function sealPageHeader(bytes: Uint8Array, page: Uint8Array): Uint8Array {
  const reader = new ThriftReader(bytes, "", "page header");
  const fields: UnknownField[] = [];
  reader.struct((id) => void fields.push(reader.unknown(id)));
  const before = fields.filter(({ id }) => id < CRC_FIELD);
  const after = fields.filter(({ id }) => id > CRC_FIELD && id < EXTENSION_FIELD);
  const writer = new ThriftWriter();
  writer.struct([], () => {
    for (const field of before) writer.raw(field);
    writer.i32(CRC_FIELD, crc32(page) | 0);
    for (const field of after) writer.raw(field);
  });
  const plain = writer.finish();
  const sealed = new Uint8Array(plain.length - 1 + SEAL_BYTES);
  sealed.set(plain.subarray(0, -1));
  sealed.set(SEAL, plain.length - 1);
  const end = sealed.length - CRC_DIGITS - 1;
  putCrc(sealed, end, crc32(sealed.subarray(0, end)));
  return sealed;
}

const CRC_FIELD = 4;
const EXTENSION_FIELD = 32767;

/** Whether `header` ends with its seal, and that one is true of it. */
export function isSealed(header: Uint8Array): boolean {
  const end = header.length - CRC_DIGITS - 1;
  const start = end - SEAL.length;
  if (start < 0 || header[header.length - 1] !== thriftType.stop) return false;
  if (SEAL.some((byte, i) => header[start + i] !== byte)) return false;
  return crc32(header.subarray(0, end)) === crcAt(header, end);
}
