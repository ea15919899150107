/**
 * C0 and C1 control characters, line and paragraph separators, marks that turn the writing direction, and other characters that
 * a terminal obeys or hides: data must not move the cursor, colour the screen or reorder what is read.
 */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Its lines, each made printable. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** The text as one line that a terminal shows as it is. */
export function printable(text: string): string {
  return text.replace(unprintable, (char) => escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
