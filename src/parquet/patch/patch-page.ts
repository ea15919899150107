import { openPage, type PageKit, type PatchedPage } from "./page/open-page.js";
import { patchBooleans } from "./page/patch-booleans.js";
import { patchIndices } from "./page/patch-indices.js";
import { patchPlain } from "./page/patch-plain.js";
import { encodings, type DataPageHeader } from "./page-header.js";
import type { PageChangeSet } from "./patch-chunk.js";
import type { PatchedDictionary } from "./patch-dictionary.js";

/** A page with its changes; `undefined` when it is damaged, or of a kind that is not patched. */
export function patchPage(
  stored: Uint8Array,
  header: DataPageHeader,
  changes: PageChangeSet,
  dictionary: PatchedDictionary | undefined,
  kit: PageKit,
): PatchedPage | undefined {
  const page = openPage(stored, header, changes, kit);
  if (page === undefined) return undefined;
  if (header.encoding === encodings.plain) return kit.shape.physicalType === "BOOLEAN" ? patchBooleans(page, kit) : patchPlain(page, kit);
  const usesDictionary = header.encoding === encodings.rleDictionary || header.encoding === encodings.plainDictionary;
  return usesDictionary && dictionary !== undefined ? patchIndices(page, dictionary, kit) : undefined;
}
