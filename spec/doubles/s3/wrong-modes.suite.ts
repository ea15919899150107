import { randomUUID } from "node:crypto";
import { afterAll } from "vitest";
import { createS3Store } from "../../../src/storage/s3-store.js";
import { storeContract } from "../../contracts/store-contract.js";
import { startS3Double } from "./s3-double.js";

for (const mode of ["atomic", "ignore", "racy", "unsupported"] as const) {
  const { endpoint, credentials, close } = await startS3Double({ mode });
  afterAll(() => close());
  storeContract(mode, async () => ({ store: createS3Store(`s3://lake/${randomUUID()}`, { endpoint, credentials }) }));
}
