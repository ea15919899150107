import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  resolve: { alias: { laketable: fileURLToPath(new URL("../../dist/index.js", import.meta.url)) } },
  test: {
    setupFiles: ["spec/setup.ts"],
    include: ["conformance/s3/**/*.suite.ts"],
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
