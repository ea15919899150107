// What every benchmark needs: engines by turns, each run in its own process; medians, ranges and ratios.
import { execFileSync } from "node:child_process";

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Runs a program that prints one JSON document as its last line. */
export function runJson(program, args) {
  const out = execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26 });
  return JSON.parse(out.trim().split("\n").at(-1));
}

/** `runs` turns; in each every engine runs once, and each turn begins with the next engine. Gives the runs by engine. */
export async function byTurns(engines, runs, run) {
  const results = Object.fromEntries(engines.map((engine) => [engine, []]));
  for (let turn = 0; turn < runs; turn++) {
    const order = engines.map((_, i) => engines[(i + turn) % engines.length]);
    for (const engine of order) results[engine].push(await run(engine, turn));
  }
  return results;
}

/** Refuses to go on when two engines gave different answers: a wrong answer has no time. */
export function assertSame(what, answers) {
  const texts = Object.entries(answers).map(([engine, answer]) => `${engine}: ${JSON.stringify(answer)}`);
  const distinct = new Set(Object.values(answers).map((answer) => JSON.stringify(answer)));
  if (distinct.size > 1) throw new Error(`${what}: the engines disagree\n${texts.join("\n")}`);
}

/** Seconds of a run: times the work, and adds processor time of all threads and the peak memory of the whole process. */
export async function timed(work) {
  const before = process.cpuUsage();
  const start = performance.now();
  const value = await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { value, ms, cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 };
}

/** One line per engine: median (min–max) of time, medians of processor time and of peak memory. */
export function printRuns(title, results) {
  console.log(title);
  for (const [engine, runs] of Object.entries(results)) {
    const times = runs.map(({ ms }) => ms);
    const range = `${time(median(times))} (${time(Math.min(...times))}–${time(Math.max(...times))})`;
    const cpu = runs[0].cpuMs === undefined ? "" : `, processors ${time(median(runs.map(({ cpuMs }) => cpuMs)))}`;
    const peak = runs[0].peakMb === undefined ? "" : `, peak ${median(runs.map(({ peakMb }) => peakMb)).toFixed(0)} MB`;
    console.log(`  ${engine.padEnd(20)} ${range}${cpu}${peak}, n=${runs.length}`);
  }
}

/** The ratio of medians, first engine over second. */
export function printRatio(results, ours, theirs) {
  const ratio = (what) => (median(results[ours].map((run) => run[what])) / median(results[theirs].map((run) => run[what]))).toFixed(2);
  console.log(`  ${ours} / ${theirs}: time ${ratio("ms")}, processors ${ratio("cpuMs")}, peak ${ratio("peakMb")}`);
}

function time(ms) {
  return ms < 1000 ? `${ms.toFixed(ms < 100 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
