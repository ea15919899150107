/**
 * Reads 32-bit Roaring bitmaps in their portable serialization, of little-endian numbers.
 * Source: RoaringFormatSpec (github.com/RoaringBitmap/RoaringFormatSpec), "Cookie header" to "Containers".
 */

/** Cookie of a bitmap without runs; with runs, the lower 16 bits are one more and the upper 16 the container count less one. */
const COOKIE_NO_RUNS = 12346;
const COOKIE_RUNS = 12347;
/** Below this a bitmap with runs has no offset header. */
const OFFSETS_FROM_CONTAINERS = 4;
/** A container with more members than this is a bitmap of 2^16 bits. */
const ARRAY_MEMBERS_MAX = 4096;
const BITMAP_BYTES = 8192;
/** Words of a 32-bit word set that one container covers. */
const CONTAINER_WORDS = 2048;

/** What was wrong with the bytes, as the end of a sentence. */
export interface RoaringProblem {
  readonly problem: string;
}

export interface RoaringBitmap {
  /** Members as a bit set, the lowest member in the lowest bit of the first word. */
  readonly words: Uint32Array;
  /** Bytes that the bitmap took. */
  readonly size: number;
}

/** @param limit  no member may reach it; at most 2^32 */
export function readRoaring(bytes: Uint8Array, limit: number): RoaringBitmap | RoaringProblem {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(view);
  if ("problem" in header) return header;
  const { keys, cardinalities, isRun } = header;
  const lastKey = keys[keys.length - 1] ?? -1;
  if (lastKey * 2 ** 16 >= limit) return { problem: `it has members from ${lastKey * 2 ** 16} on, and ${limit} is the limit` };
  const words = new Uint32Array((lastKey + 1) * CONTAINER_WORDS);
  let { at } = header;
  for (let i = 0; i < keys.length; i++) {
    const target = words.subarray((keys[i] as number) * CONTAINER_WORDS, ((keys[i] as number) + 1) * CONTAINER_WORDS);
    const end = readContainer(view, at, target, cardinalities[i] as number, isRun(i));
    if (typeof end !== "number") return { problem: `container ${i} ${end.problem}` };
    at = end;
  }
  return { words, size: at };
}

interface Header {
  /** Upper 16 bits of the members, ascending. */
  readonly keys: Uint16Array;
  readonly cardinalities: Int32Array;
  readonly isRun: (container: number) => boolean;
  /** Where the first container lies. */
  readonly at: number;
}

function readHeader(view: DataView): Header | RoaringProblem {
  if (view.byteLength < 8) return { problem: `${view.byteLength} bytes are too few` };
  const cookie = view.getUint32(0, true);
  const hasRuns = (cookie & 0xffff) === COOKIE_RUNS;
  if (!hasRuns && cookie !== COOKIE_NO_RUNS) return { problem: `its cookie is ${cookie}` };
  const containers = hasRuns ? (cookie >>> 16) + 1 : view.getUint32(4, true);
  if (containers > 2 ** 16) return { problem: `it claims ${containers} containers` };
  const runsAt = hasRuns ? 4 : 8;
  const keysAt = runsAt + (hasRuns ? (containers + 7) >> 3 : 0);
  const hasOffsets = !hasRuns || containers >= OFFSETS_FROM_CONTAINERS;
  const at = keysAt + containers * (hasOffsets ? 8 : 4);
  if (at > view.byteLength) return { problem: `its header of ${at} bytes is cut off after ${view.byteLength}` };
  const keys = new Uint16Array(containers);
  const cardinalities = new Int32Array(containers);
  for (let i = 0; i < containers; i++) {
    keys[i] = view.getUint16(keysAt + i * 4, true);
    cardinalities[i] = view.getUint16(keysAt + i * 4 + 2, true) + 1;
    if (i > 0 && (keys[i] as number) <= (keys[i - 1] as number)) return { problem: "its containers are not in ascending order" };
  }
  const isRun = (i: number): boolean => hasRuns && ((view.getUint8(runsAt + (i >> 3)) >> (i & 7)) & 1) === 1;
  return { keys, cardinalities, isRun, at };
}

/** Fills `target`; gives the end of the container. */
function readContainer(view: DataView, at: number, target: Uint32Array, cardinality: number, isRun: boolean): number | RoaringProblem {
  if (isRun) return readRuns(view, at, target, cardinality);
  if (cardinality > ARRAY_MEMBERS_MAX) return readBits(view, at, target, cardinality);
  const end = at + cardinality * 2;
  if (end > view.byteLength) return cutOff;
  let before = -1;
  for (let p = at; p < end; p += 2) {
    const member = view.getUint16(p, true);
    if (member <= before) return { problem: "has members out of order" };
    before = member;
    target[member >> 5] = (target[member >> 5] as number) | (1 << (member & 31));
  }
  return end;
}

function readBits(view: DataView, at: number, target: Uint32Array, cardinality: number): number | RoaringProblem {
  const end = at + BITMAP_BYTES;
  if (end > view.byteLength) return cutOff;
  let count = 0;
  for (let i = 0; i < CONTAINER_WORDS; i++) {
    let word = view.getUint32(at + i * 4, true);
    target[i] = word;
    for (; word !== 0; word &= word - 1) count++;
  }
  return count === cardinality ? end : { problem: `has ${count} members where its header says ${cardinality}` };
}

function readRuns(view: DataView, at: number, target: Uint32Array, cardinality: number): number | RoaringProblem {
  if (at + 2 > view.byteLength) return cutOff;
  const runs = view.getUint16(at, true);
  const end = at + 2 + runs * 4;
  if (end > view.byteLength) return cutOff;
  let before = -1;
  let count = 0;
  for (let p = at + 2; p < end; p += 4) {
    const first = view.getUint16(p, true);
    const last = first + view.getUint16(p + 2, true);
    if (first <= before || last > 0xffff) return { problem: "has runs that overlap or are out of order" };
    for (let member = first; member <= last; member++) target[member >> 5] = (target[member >> 5] as number) | (1 << (member & 31));
    count += last - first + 1;
    before = last;
  }
  return count === cardinality ? end : { problem: `has ${count} members where its header says ${cardinality}` };
}

const cutOff: RoaringProblem = { problem: "is cut off" };
