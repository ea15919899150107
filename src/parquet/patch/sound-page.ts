import { crc32 } from "../crc32.js";
import { isSealed } from "../metadata/page-header.js";

/**
 * Whether a page is as it was written, as far as anybody noted it. A page that is taken over gets a new checksum: damage that passed here
 * would be found by nobody afterwards.
 */
export function isSound(header: Uint8Array, page: Uint8Array, crc: number | undefined, mustBeSealed: boolean): boolean {
  if (mustBeSealed && (crc === undefined || !isSealed(header))) return false;
  return crc === undefined || crc32(page) === crc;
}
