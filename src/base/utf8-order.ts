/**
 * Compares two strings by their UTF-8 bytes (equal to the order of their code points): negative, zero or positive.
 *
 * JavaScript's own `<` compares UTF-16 units, which puts characters beyond U+FFFF (surrogate pairs) before U+E000–U+FFFF.
 * Strings with lone surrogates have no UTF-8 form; they are ordered as if each were a code point of its own.
 */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  let index = 0;
  while (index < shared && a.charCodeAt(index) === b.charCodeAt(index)) index += 1;
  if (index === shared) return a.length - b.length;
  return utf8Rank(a.charCodeAt(index)) - utf8Rank(b.charCodeAt(index));
}

/** Moves the surrogates behind U+E000–U+FFFF, and leaves every other unit in its place. */
function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
