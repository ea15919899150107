import { createHash } from "node:crypto";

/** The checksums that S3 takes with an upload, as bytes, by the name in `x-amz-checksum-<name>`. */
export const checksums: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  crc32: crc32Of(0xedb88320),
  crc32c: crc32Of(0x82f63b78),
  crc64nvme,
  sha1: (bytes) => createHash("sha1").update(bytes).digest(),
  sha256: (bytes) => createHash("sha256").update(bytes).digest(),
};

export function md5(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}

function crc32Of(polynomial: number): (bytes: Uint8Array) => Buffer {
  const table = Int32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value & 1) !== 0 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
  return (bytes) => {
    let crc = -1;
    for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 255] ?? 0);
    const out = Buffer.alloc(4);
    out.writeInt32BE(~crc);
    return out;
  };
}

const crc64Table = BigUint64Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1n) === 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
  return value;
});

/** CRC-64/NVME, reflected. Only tests ask for it, on small objects. */
function crc64nvme(bytes: Uint8Array): Buffer {
  let crc = 0xffffffffffffffffn;
  for (const byte of bytes) crc = (crc >> 8n) ^ (crc64Table[Number(crc & 255n) ^ byte] ?? 0n);
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(crc ^ 0xffffffffffffffffn);
  return out;
}
