import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { decompress } from "fzstd";
import { extract } from "tar";

const projectRoot = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const cacheRoot = join(projectRoot, ".lake", "reference");

/** Where the reference tables lie, and why there are none when there are none. */
export type ReferenceSource = { readonly folder: string } | { readonly missing: string };

/** The big set of reference tables: a folder of archives that an environment variable names. */
export function referenceSource(): ReferenceSource {
  const folder = process.env["LAKETABLE_REFERENCE_TABLES"];
  if (folder === undefined || folder === "") return { missing: "LAKETABLE_REFERENCE_TABLES names no folder" };
  if (!existsSync(folder)) return { missing: `LAKETABLE_REFERENCE_TABLES names ${folder}, which does not exist` };
  return { folder };
}

/** The small set that the project carries. */
export function carriedTables(): string {
  return join(projectRoot, "conformance", "tables");
}

/**
 * Unpacks every archive of `folder` (`<suite>.tar.zst` or `<suite>.tar.gz`), once per content, into a git-ignored folder.
 * Resolves to the folder that holds `<suite>/<case>/`.
 */
export async function unpackAll(folder: string): Promise<string> {
  const archives = readdirSync(folder)
    .filter((name) => /\.tar\.(zst|gz)$/.test(name))
    .sort();
  const contents = archives.map((name) => readFileSync(join(folder, name)));
  const digest = createHash("sha256");
  for (const bytes of contents) digest.update(bytes);
  const target = join(cacheRoot, digest.digest("hex").slice(0, 16));
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  for (const [index, name] of archives.entries()) {
    const bytes = contents[index] ?? Buffer.alloc(0);
    const tarFile = join(partial, `${name}.tar`);
    writeFileSync(tarFile, name.endsWith(".zst") ? decompress(bytes) : gunzipSync(bytes));
    await extract({ file: tarFile, cwd: partial, preserveOwner: false });
    rmSync(tarFile);
  }
  try {
    renameSync(partial, target);
  } catch (error) {
    // Another process unpacked the same content first: its copy is as good.
    if (!existsSync(target)) throw error;
    rmSync(partial, { recursive: true, force: true });
  }
  return target;
}
