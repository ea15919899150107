const unitMs: ReadonlyMap<string, number> = new Map([
  ["week", 7 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
  ["millisecond", 1],
  ["microsecond", 0.001],
]);

/**
 * A retention as Spark writes it in table properties: `interval 1 week`, `30 days`, `interval 1 day 12 hours`.
 *
 * @returns milliseconds; `undefined` when the text is something else, is negative, or counts in months or years, whose length varies
 */
export function parseInterval(text: string): number | undefined {
  const words = text.trim().toLowerCase().split(/\s+/);
  if (words[0] === "interval") words.shift();
  if (words.length === 0 || words.length % 2 !== 0) return undefined;
  let total = 0;
  for (let i = 0; i < words.length; i += 2) {
    const amount = words[i] ?? "";
    const unit = unitMs.get((words[i + 1] ?? "").replace(/s$/, ""));
    if (unit === undefined || !/^[+-]?\d+(\.\d+)?$/.test(amount)) return undefined;
    total += Number(amount) * unit;
  }
  return total >= 0 ? total : undefined;
}
