// A real S3 server to test with: MinIO, built once with Go into .lake/, started on a port of its own, stopped by whoever started it.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";

const version = "v0.0.0-20260212201848-7aac2a2c5b7c";
const folder = fileURLToPath(new URL(`../../.lake/bin/minio-${version}`, import.meta.url));
const binary = join(folder, process.platform === "win32" ? "minio.exe" : "minio");

/** The path of the server's program, built if need be; `undefined` without Go. */
export function minioBinary(say) {
  if (existsSync(binary)) return binary;
  const go = ["go", "/usr/local/go/bin/go"].find((name) => answers(name, ["version"]));
  if (go === undefined) return undefined;
  say(`Building MinIO ${version} with Go, once; this takes some minutes …`);
  mkdirSync(folder, { recursive: true });
  execFileSync(go, ["install", `github.com/minio/minio@${version}`], { stdio: "inherit", env: { ...process.env, GOBIN: folder } });
  return binary;
}

/** Starts the server on an empty folder with the bucket `lake`, and gives the environment in which the AWS SDK finds it. */
export async function startMinio(program) {
  const data = mkdtempSync(join(tmpdir(), "laketable-minio-"));
  const [port, console] = [await freePort(), await freePort()];
  const credentials = { accessKeyId: "laketable", secretAccessKey: "laketable-secret" };
  const args = ["server", data, "--address", `127.0.0.1:${port}`, "--console-address", `127.0.0.1:${console}`, "--quiet"];
  const server = spawn(program, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, MINIO_ROOT_USER: credentials.accessKeyId, MINIO_ROOT_PASSWORD: credentials.secretAccessKey },
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const stop = async () => {
    server.kill();
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const endpoint = `http://127.0.0.1:${port}`;
    await ready(endpoint, server);
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: "lake" }));
    const env = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
    return { env, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(endpoint, server) {
  for (let tries = 0; tries < 150 && server.exitCode === null; tries++) {
    const response = await fetch(`${endpoint}/minio/health/ready`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(200);
  }
  throw new Error(`MinIO at ${endpoint} did not become ready.`);
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function answers(program, args) {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
