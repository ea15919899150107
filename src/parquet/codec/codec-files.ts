import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { LakeError } from "../../base/errors.js";
import { webAssembly, type WasmModule } from "./wasm-api.js";

/** The two files the codec needs at run time that no bundler carries along: parquet-wasm's binary and the worker's script. */

const WASM_SPECIFIER = "parquet-wasm/esm/parquet_wasm_bg.wasm";

/** This module's file, or the bundle it has become part of; one in CommonJS form has no `import.meta.url`. */
const here: string | undefined = import.meta.url ?? (typeof __filename === "string" ? pathToFileURL(__filename).href : undefined);

let compiled: Promise<WasmModule> | undefined;

/**
 * parquet-wasm, compiled; once per process.
 * @throws parquet/codec when the file is not there
 */
export function loadWasmModule(): Promise<WasmModule> {
  compiled ??= compile().catch((error: unknown) => {
    compiled = undefined;
    throw error;
  });
  return compiled;
}

async function compile(): Promise<WasmModule> {
  const candidates = [installedWasm(), beside("./parquet_wasm_bg.wasm")];
  const found = candidates.find((candidate) => candidate !== undefined && existsSync(candidate));
  if (found === undefined) {
    throw new LakeError(
      "parquet/codec",
      "The Parquet codec needs parquet_wasm_bg.wasm and did not find it. Mark parquet-wasm (or laketable) as external in your " +
        "bundler, or copy node_modules/parquet-wasm/esm/parquet_wasm_bg.wasm into the folder of the bundle.",
      { lookedFor: WASM_SPECIFIER, beside: here },
    );
  }
  return webAssembly.compile(await readFile(found));
}

/**
 * The worker's script: beside this module in the package, in `dist` when the sources themselves run.
 * @throws parquet/codec when there is none, as in a bundle of everything
 */
export function locateWorker(): URL {
  const found = [beside("./worker.js"), beside("../../../dist/parquet/codec/worker.js")].find(
    (url) => url !== undefined && existsSync(url),
  );
  if (found !== undefined) return found;
  throw new LakeError(
    "parquet/codec",
    "The Parquet codec's worker script was not found beside the running code, as happens when laketable itself is bundled. " +
      'Mark "laketable" as external in your bundler, or open tables with `workers: 0` to decode in the main thread.',
    { beside: here },
  );
}

function installedWasm(): string | undefined {
  try {
    return here === undefined ? undefined : createRequire(here).resolve(WASM_SPECIFIER);
  } catch {
    // Not installed where a bundle runs: the file may lie beside it.
    return undefined;
  }
}

function beside(relative: string): URL | undefined {
  return here === undefined ? undefined : new URL(relative, here);
}
