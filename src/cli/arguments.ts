import { InvalidArgumentError } from "commander";
import type { Moment } from "./flags.js";

/** `a, b` → its names. */
export function names(text: string): readonly string[] {
  const found = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (found.length === 0) throw new InvalidArgumentError("expected names separated by commas");
  return found;
}

export function collect(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}

export function keyValue(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("expected key=value");
  return { ...earlier, [text.slice(0, at).trim()]: text.slice(at + 1).trim() };
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw new InvalidArgumentError("expected a whole number from 0");
  return Number(text);
}

/** A version, or what the table takes for a timestamp. */
export function moment(text: string): Moment {
  return /^\d+$/.test(text) ? wholeNumber(text) : { timestamp: text };
}

/** The columns of a merge's key, or its condition. */
export function keyOrCondition(text: string): string | readonly string[] {
  return /[=<>(]/.test(text) ? text : names(text);
}

/** One character between cells; a tab may be given by name. */
export function delimiter(text: string): string {
  const character = /^(?:tab|\\t)$/i.test(text) ? "\t" : text;
  if (!/^[^"\r\n]$/.test(character)) throw new InvalidArgumentError('expected one character such as ";", or tab');
  return character;
}

export function countFrom1(text: string): number {
  const count = wholeNumber(text);
  if (count === 0) throw new InvalidArgumentError("expected a whole number from 1");
  return count;
}

const byteUnits: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** `512m`, `2GiB`, `1073741824`: bytes, the units powers of 1024. */
export function byteSize(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+)\s*(?:([kmg])(?:i?b)?|b)?$/i.exec(text.trim()) ?? [];
  const bytes = digits === "" ? 0 : Number(digits) * (byteUnits[unit.toLowerCase()] ?? 1);
  if (!Number.isSafeInteger(bytes) || bytes === 0) throw new InvalidArgumentError("expected a size such as 512MiB or 2GiB");
  return bytes;
}

export function limit(text: string): number | "all" {
  return text === "all" ? "all" : wholeNumber(text);
}
