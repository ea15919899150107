/** A LIKE pattern, compiled to match the UTF-8 bytes of texts. */
export interface LikePattern {
  /** What stands between the `%`: bytes, or -1 for `_`, which is one character of one to four bytes. */
  readonly segments: readonly Int16Array[];
  /** The text before the first wildcard; the whole text when `isExact`. */
  readonly prefix: string;
  /** No wildcards at all. */
  readonly isExact: boolean;
  /** Nothing but a prefix and one `%`. */
  readonly isPrefix: boolean;
}

/** `undefined` when the escape character stands before something else than itself, `%` or `_`, as Spark refuses it. */
export function compileLike(pattern: string, escape: string): LikePattern | undefined {
  const segments: Int16Array[] = [];
  let segment: number[] = [];
  let prefix = "";
  let wildcards = 0;
  const encoder = new TextEncoder();
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    let char = characters[i] ?? "";
    if (char === escape) {
      const next = characters[++i];
      if (next !== "%" && next !== "_" && next !== escape) return undefined;
      char = next;
    } else if (char === "%") {
      segments.push(Int16Array.from(segment));
      segment = [];
      wildcards++;
      continue;
    } else if (char === "_") {
      segment.push(-1);
      wildcards++;
      continue;
    }
    segment.push(...encoder.encode(char));
    if (wildcards === 0) prefix += char;
  }
  segments.push(Int16Array.from(segment));
  const isPrefix = wildcards === 1 && segments.length === 2 && segment.length === 0;
  return { segments, prefix, isExact: wildcards === 0, isPrefix };
}

/** Whether the bytes `[start, end)` match. */
export function matchesLike(pattern: LikePattern, bytes: Uint8Array, start: number, end: number): boolean {
  const { segments } = pattern;
  const first = segments[0] as Int16Array;
  let at = matchForward(first, bytes, start, end);
  if (segments.length === 1) return at === end;
  if (at < 0) return false;
  const last = segments[segments.length - 1] as Int16Array;
  const limit = matchBackward(last, bytes, at, end);
  if (limit < 0) return false;
  for (let i = 1; i < segments.length - 1; i++) {
    at = find(segments[i] as Int16Array, bytes, at, limit);
    if (at < 0) return false;
  }
  return true;
}

/** Where the segment ends when it begins at `start`, or -1. */
function matchForward(segment: Int16Array, bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (let i = 0; i < segment.length; i++) {
    if (at >= end) return -1;
    if (segment[i] === -1) {
      at++;
      while (at < end && ((bytes[at] as number) & 0xc0) === 0x80) at++;
    } else if (segment[i] !== bytes[at++]) {
      return -1;
    }
  }
  return at;
}

/** Where the segment begins when it ends at `end`, or -1. */
function matchBackward(segment: Int16Array, bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  for (let i = segment.length - 1; i >= 0; i--) {
    if (at <= start) return -1;
    at--;
    if (segment[i] === -1) {
      while (at > start && ((bytes[at] as number) & 0xc0) === 0x80) at--;
    } else if (segment[i] !== bytes[at]) {
      return -1;
    }
  }
  return at;
}

/** Where the first occurrence of the segment within `[start, end)` ends, or -1. */
function find(segment: Int16Array, bytes: Uint8Array, start: number, end: number): number {
  if (segment.length === 0) return start;
  const lead = segment[0] as number;
  for (let at = start; at < end; at++) {
    if (lead === -1 ? ((bytes[at] as number) & 0xc0) === 0x80 : bytes[at] !== lead) continue;
    const stop = matchForward(segment, bytes, at, end);
    if (stop >= 0) return stop;
  }
  return -1;
}
