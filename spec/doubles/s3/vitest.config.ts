import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Suites that are to fail, run by a spec that expects them to. */
export default defineConfig({
  root: fileURLToPath(new URL("../../..", import.meta.url)),
  test: { setupFiles: ["spec/setup.ts"], include: ["spec/doubles/s3/*.suite.ts"] },
});
