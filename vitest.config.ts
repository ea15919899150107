import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    // conformance/ and examples/ are consumers from outside: they get the built package, as its users do.
    alias: { laketable: fileURLToPath(new URL("dist/index.js", import.meta.url)) },
  },
  test: {
    setupFiles: ["spec/setup.ts"],
    include: ["spec/**/*.spec.ts", "conformance/**/*.spec.ts"],
    // Left to itself vitest keeps one core free, which on two is half of them.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
