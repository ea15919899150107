/** An independent writer of RoaringFormatSpec: every container in the form that `formOf` chooses. */
export type ContainerForm = "array" | "bitmap" | "run";

export function writeRoaring(members: readonly number[], formOf: (container: number) => ContainerForm): Uint8Array {
  const byKey = new Map<number, number[]>();
  for (const member of members) {
    const key = Math.floor(member / 65536);
    const values = byKey.get(key) ?? [];
    values.push(member % 65536);
    byKey.set(key, values);
  }
  const containers = [...byKey]
    .sort(([a], [b]) => a - b)
    .map(([key, values], i) => ({ key, values, form: form(values.length, formOf(i)) }));
  const hasRuns = containers.some((container) => container.form === "run");
  const out: number[] = [];
  const u16 = (n: number): void => void out.push(n & 255, n >>> 8);
  const u32 = (n: number): void => void out.push(n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24);
  if (hasRuns) {
    u32((12347 | ((containers.length - 1) << 16)) >>> 0);
    for (let i = 0; i < containers.length; i += 8) {
      out.push(containers.slice(i, i + 8).reduce((bits, { form: f }, at) => bits | (f === "run" ? 1 << at : 0), 0));
    }
  } else {
    u32(12346);
    u32(containers.length);
  }
  for (const { key, values } of containers) {
    u16(key);
    u16(values.length - 1);
  }
  const bodies = containers.map(({ values, form: f }) => body(values, f));
  if (!hasRuns || containers.length >= 4) {
    let at = out.length + containers.length * 4;
    for (const bytes of bodies) {
      u32(at);
      at += bytes.length;
    }
  }
  return Uint8Array.from([...out, ...bodies.flat()]);
}

/** The specification leaves no choice between arrays and bitmaps: 4096 members are the border. */
function form(count: number, wish: ContainerForm): ContainerForm {
  return wish === "run" ? "run" : count > 4096 ? "bitmap" : "array";
}

function body(values: readonly number[], f: ContainerForm): number[] {
  if (f === "array") return values.flatMap((v) => [v & 255, v >>> 8]);
  if (f === "bitmap") {
    const bits = new Array<number>(8192).fill(0);
    for (const v of values) bits[v >>> 3] = (bits[v >>> 3] ?? 0) | (1 << (v & 7));
    return bits;
  }
  const runs: [number, number][] = [];
  for (const v of values) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] + 1 === v) last[1] = v;
    else runs.push([v, v]);
  }
  return [runs.length & 255, runs.length >>> 8, ...runs.flatMap(([a, b]) => [a & 255, a >>> 8, (b - a) & 255, (b - a) >>> 8])];
}
