import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url));

export default defineConfig({
  root,
  resolve: { alias: { laketable: fileURLToPath(new URL("../../dist/index.js", import.meta.url)) } },
  test: {
    include: ["conformance/peers/**/*.suite.ts"],
    // One process for all suites, so that each engine is started once.
    pool: "forks",
    maxWorkers: 1,
    isolate: false,
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
