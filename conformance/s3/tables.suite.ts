import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, connect, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { DeltaTable } from "laketable";

const run = promisify(execFile);
const options = { workers: 0 };
const schema = { k: "int", part: "int", text: "string" } as const;
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const newUrl = (): string => `s3://lake/tables/${randomUUID()}`;

/** Versions 0 to `newest`, each once. */
async function expectGapless(table: DeltaTable, newest: number): Promise<void> {
  const versions = (await table.history()).map(({ version }) => version);
  expect(versions).toEqual(Array.from({ length: newest + 1 }, (_, at) => newest - at));
}

async function keysOf(url: string, tableOptions: object = options): Promise<readonly number[]> {
  const table = await DeltaTable.open(url, tableOptions);
  return (await table.toArray({ columns: ["k"] })).map(({ k }) => Number(k)).sort((a, b) => a - b);
}

test("a table lives on S3: created, filled, merged, cut, read at every version, checkpointed and listed", async () => {
  const url = newUrl();
  expect(await DeltaTable.exists(url, options)).toBe(false);
  const table = await DeltaTable.create(url, { schema, partitionBy: ["part"], ...options });
  const expected: number[][] = [[]];
  for (let round = 0; round < 12; round += 1) {
    await table.append([{ k: round, part: round % 3, text: `row ${round} é😀%` }]);
    expected.push([...(expected.at(-1) ?? []), round]);
  }
  const source = [
    { k: 3, part: 0, text: "merged" },
    { k: 100, part: 1, text: "new" },
  ];
  await table
    .merge({ source, on: ["k"] })
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .execute();
  expected.push([...(expected.at(-1) ?? []), 100]);
  await table.delete("part = 2");
  expected.push((expected.at(-1) ?? []).filter((k) => k === 100 || k % 3 !== 2));
  for (const [version, keys] of expected.entries())
    expect(await keysOf(url, { ...options, version }), `version ${version}`).toEqual(keys);
  await expectGapless(table, expected.length - 1);
  expect(await DeltaTable.exists(url.replace("s3:", "s3a:"), options)).toBe(true);
  const logs: string[] = [];
  for await (const { path } of table.files()) logs.push(path);
  expect(logs.length).toBeGreaterThan(0);
  expect(await table.count({ where: "text = 'merged'" })).toBe(1);
});

test("eight rivals on eight handles: each append succeeds, once, in a version of its own", async () => {
  const url = newUrl();
  await DeltaTable.create(url, { schema, ...options });
  const writers = 8;
  const appends = 6;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const table = await DeltaTable.open(url, options);
      for (let round = 0; round < appends; round += 1) await table.append([{ k: writer * 100 + round, part: writer, text: "x" }]);
    }),
  );
  const all = Array.from({ length: writers * appends }, (_, at) => Math.floor(at / appends) * 100 + (at % appends));
  expect(await keysOf(url)).toEqual(all);
  await expectGapless(await DeltaTable.open(url, options), writers * appends);
});

describe("behind a network that loses replies", () => {
  let lossy: Server | undefined;
  afterEach(() => lossy?.close());

  test("rivals lose none of their rows and write none twice", async () => {
    const { endpoint, server, dropped } = await lossyProxy(new URL(process.env["AWS_ENDPOINT_URL"] ?? ""));
    lossy = server;
    const url = newUrl();
    await DeltaTable.create(url, { schema, ...options });
    const flaky = { ...options, s3: { endpoint, maxAttempts: 3 } };
    await Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        const table = await DeltaTable.open(url, flaky);
        for (let round = 0; round < 10; round += 1) await table.append([{ k: writer * 100 + round, part: writer, text: "x" }]);
      }),
    );
    expect(await keysOf(url)).toEqual(Array.from({ length: 40 }, (_, at) => Math.floor(at / 10) * 100 + (at % 10)));
    await expectGapless(await DeltaTable.open(url, options), 40);
    expect(dropped()).toBeGreaterThan(4);
  });
});

/** Hands everything to the server; the connection of every seventh commit is cut after the server has it, before it has answered. */
async function lossyProxy({ hostname, port }: URL): Promise<{ endpoint: string; server: Server; dropped: () => number }> {
  let commits = 0;
  let dropped = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) socket.on("error", () => socket.destroy());
    client.on("close", () => upstream.destroy());
    client.on("data", (chunk: Buffer) => {
      const isCommit = /^PUT \S*_delta_log\/\d+\.json/.test(chunk.toString("latin1", 0, 400));
      upstream.write(chunk);
      if (!isCommit || ++commits % 7 !== 0) return;
      dropped += 1;
      // The answer is awaited, so that the server has certainly done its work, and thrown away.
      upstream.removeAllListeners("data").once("data", () => client.destroy());
    });
    upstream.on("data", (chunk: Buffer) => client.write(chunk)).on("end", () => client.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, dropped: () => dropped };
}

test("four processes write to one table: every commit is there once", async () => {
  const url = newUrl();
  await DeltaTable.create(url, { schema, ...options });
  const script = file("../adversarial/writer-process.mjs");
  const library = new URL("../../dist/index.js", import.meta.url).href;
  const rounds = 6;
  const exits = await Promise.all(
    [0, 1, 2, 3].map(async (writer) => {
      const child = spawn(process.execPath, [script, library, url, String(writer * 1000), String(rounds), "append"], { stdio: "pipe" });
      child.stdout.resume();
      let problem = "";
      child.stderr.on("data", (chunk: Buffer) => (problem += chunk.toString()));
      const code = await new Promise((resolve) => child.once("close", resolve));
      return code === 0 ? 0 : problem;
    }),
  );
  expect(exits).toEqual([0, 0, 0, 0]);
  const expected = [0, 1, 2, 3].flatMap((writer) => Array.from({ length: rounds * 10 }, (_, at) => writer * 1000 + at));
  expect(await keysOf(url)).toEqual(expected);
  await expectGapless(await DeltaTable.open(url, options), 4 * rounds);
});

test("lake works on S3", async () => {
  const url = newUrl();
  const lake = async (...args: readonly string[]): Promise<string> =>
    (await run(process.execPath, [file("../../dist/cli/main.js"), ...args])).stdout;
  await lake("create", url, "--schema", "id long not null, name string", "--quiet");
  const child = run(process.execPath, [file("../../dist/cli/main.js"), "append", url, "-", "--format", "ndjson", "--quiet"]);
  child.child.stdin?.end('{"id":1,"name":"Ann"}\n{"id":2,"name":"Bob"}\n');
  await child;
  expect(await lake("show", url, "--format", "ndjson", "--where", "id > 1")).toBe('{"id":2,"name":"Bob"}\n');
  expect(JSON.parse(await lake("history", url, "--json"))).toHaveLength(2);
});

test("the README's code for S3 runs as it stands", async () => {
  const readme = await readFile(file("../../README.md"), "utf8");
  const [, code = ""] = /### S3\n+```ts\n(.*?)```/s.exec(readme) ?? [];
  const folder = await mkdtemp(join(tmpdir(), "laketable-readme-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(file("../.."), join(folder, "node_modules", "laketable"));
  await writeFile(join(folder, "s3.mjs"), code);
  expect((await run(process.execPath, ["s3.mjs"], { cwd: folder })).stdout).toBe("1\n");
  await rm(folder, { recursive: true });
});

test("the demo runs on S3: three million flights", async () => {
  const { stdout } = await run(process.execPath, [file("../../examples/flights.mjs"), newUrl()]);
  expect(stdout).toMatch(/version 7: 8,267 corrected, 500 added/);
  expect(stdout).toMatch(/Seattle in March reads 1 of 6 files/);
});
