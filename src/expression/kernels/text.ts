import { evaluationError } from "./failure.js";
import type { KernelCall } from "./operand.js";

/** Text functions count characters as SQL does: by Unicode code points, not by UTF-16 units. */

// Texts without surrogates, nearly all, have one unit a character.
const SURROGATE = /[\ud800-\udfff]/;

export function charLength(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Characters `[start, end)`; positions outside the text are cut off. */
export function sliceChars(text: string, start: number, end: number): string {
  if (end <= start) return "";
  if (!SURROGATE.test(text)) return text.slice(Math.max(0, start), Math.max(0, end));
  return [...text].slice(Math.max(0, start), Math.max(0, end)).join("");
}

/** SQL's substring: the first character is 1, 0 means 1, a negative position counts from the end. */
export function substring(text: string, position: number, length: number): string {
  const start = position > 0 ? position - 1 : position < 0 ? charLength(text) + position : 0;
  return sliceChars(text, start, start + length);
}

export function right(text: string, length: number): string {
  if (length <= 0) return "";
  const count = charLength(text);
  return sliceChars(text, Math.max(0, count - length), count);
}

export type TrimSide = "both" | "start" | "end";

/** Takes the given characters (blanks by default) off the ends. */
export function trimChars(text: string, characters: string, side: TrimSide): string {
  const wanted = new Set(characters);
  const parts = SURROGATE.test(text) ? [...text] : text;
  let start = 0;
  let end = parts.length;
  if (side !== "end") while (start < end && wanted.has(parts[start] ?? "")) start++;
  if (side !== "start") while (end > start && wanted.has(parts[end - 1] ?? "")) end--;
  if (start === 0 && end === parts.length) return text;
  return typeof parts === "string" ? parts.slice(start, end) : parts.slice(start, end).join("");
}

/** Fills up to `length` characters with `pad`, or cuts off at the end. */
export function padText(text: string, length: number, pad: string, atStart: boolean): string {
  const count = charLength(text);
  if (length <= count || pad === "") return sliceChars(text, 0, Math.max(0, Math.min(length, count)));
  const missing = length - count;
  const filling = sliceChars(pad.repeat(Math.ceil(missing / charLength(pad))), 0, missing);
  return atStart ? filling + text : text + filling;
}

/** Where `part` begins in `text` from character `start` (0-based) on, counted from 1; 0 when nowhere. */
export function locate(part: string, text: string, start: number): number {
  if (part === "") return 1;
  if (!SURROGATE.test(text)) return text.indexOf(part, start) + 1;
  const from = sliceChars(text, 0, start).length;
  const at = text.indexOf(part, from);
  return at < 0 ? 0 : charLength(text.slice(0, at)) + 1;
}

/** Part `index` of the text between delimiters, from 1, or from -1 at the end; empty when there are fewer. */
export function splitPart(text: string, delimiter: string, index: number, call: KernelCall): string {
  if (index === 0)
    throw evaluationError("The parts of split_part are counted from 1", call.describe(), "Use 1 for the first, -1 for the last.");
  const parts = delimiter === "" ? [text] : text.split(delimiter);
  return parts[index > 0 ? index - 1 : parts.length + index] ?? "";
}

export function reverseText(text: string): string {
  return [...text].reverse().join("");
}

const MAX_TEXT = 1 << 28;

export function repeatText(text: string, count: number, call: KernelCall): string {
  if (count <= 0 || text === "") return "";
  if (text.length * count > MAX_TEXT)
    throw evaluationError(`A text of ${text.length * count} characters`, call.describe(), "Repeat it less often.");
  return text.repeat(count);
}

/** Every word in lower case with a capital; words are parted by blanks alone. */
export function initCap(text: string): string {
  return text.toLowerCase().replace(/(^| )(\P{Zs})/gu, (_, space: string, letter: string) => space + letter.toUpperCase());
}

/** Replaces characters one by one; those without a counterpart disappear. */
export function translator(from: string, to: string): (text: string) => string {
  const targets = [...to];
  const map = new Map<string, string>();
  [...from].forEach((char, index) => {
    if (!map.has(char)) map.set(char, targets[index] ?? "");
  });
  return (text) => {
    let out = "";
    for (const char of text) out += map.get(char) ?? char;
    return out;
  };
}
