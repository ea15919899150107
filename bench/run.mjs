// npm run bench                                              lists the benchmarks
// npm run bench -- <name>|all [--smoke] [--runs n] [more]    runs them; what is more goes to the benchmark as it is
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const benchmarks = {
  "parquet-read": {
    what: "a Parquet file into memory, against DuckDB",
    runs: (n) => [`--turns=${n}`],
    smoke: ["--rows=200000", "--turns=1"],
  },
  "parquet-write": {
    what: "rows in memory into a Parquet file, against DuckDB",
    runs: (n) => [`--turns=${n}`],
    smoke: ["--rows=200000", "--turns=1", "--compressions=snappy"],
  },
  merge: {
    what: "a merge of 1 % into a table, keys everywhere or in one file, against delta-rs",
    runs: (n) => [`--runs=${n}`],
    smoke: ["--rows=50000", "--runs=1"],
  },
  contention: {
    what: "small appends of 8 and 16 processes to one table, against delta-rs",
    runs: (n) => [`--runs=${n}`],
    smoke: ["--runs=1", "--cases=3x5", "--warm=1"],
  },
  "cold-start": {
    what: "lake --version and lake history from nothing, next to Node alone",
    runs: (n) => [`--runs=${n}`],
    smoke: ["--runs=1"],
  },
};

const [name, ...rest] = process.argv.slice(2);
if (name === undefined) list();
else if (name !== "all" && benchmarks[name] === undefined) {
  console.error(`There is no benchmark "${name}".`);
  list();
  process.exitCode = 2;
} else for (const each of name === "all" ? Object.keys(benchmarks) : [name]) run(each, rest);

function list() {
  for (const [each, { what }] of Object.entries(benchmarks)) console.log(`${each.padEnd(14)} ${what}`);
  console.log("npm run bench -- <name>|all [--smoke] [--runs n]");
}

function run(each, given) {
  const args = translate(each, given);
  const env = { ...process.env };
  // A smoke run makes its own small inputs.
  if (given.includes("--smoke")) delete env.LAKETABLE_BENCH_DATA;
  console.log(`== ${each} ${args.join(" ")}`);
  const script = fileURLToPath(new URL(`${each}.mjs`, import.meta.url));
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: "inherit", env });
  if (status !== 0) process.exitCode = 1;
}

function translate(each, given) {
  const { runs, smoke } = benchmarks[each];
  const args = [];
  const words = given.flatMap((word) => (word.startsWith("--runs=") ? ["--runs", word.slice(7)] : [word]));
  for (let i = 0; i < words.length; i++) {
    if (words[i] === "--smoke") args.unshift(...smoke);
    else if (words[i] === "--runs") args.push(...runs(words[++i]));
    else args.push(words[i]);
  }
  return args;
}
