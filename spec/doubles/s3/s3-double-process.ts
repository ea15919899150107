import { startS3Double, type DoubleOptions } from "./s3-double.js";

/**
 * The double as a process of its own, so that several processes can race on it. Its options are the JSON of the first argument; it
 * prints its endpoint on a line and lives until it is killed or its input ends.
 */
const double = await startS3Double(JSON.parse(process.argv[2] ?? "{}") as DoubleOptions);
process.stdout.write(`${double.endpoint}\n`);
process.stdin.resume().on("end", () => void double.close());
