import { openPage, type PageKit, type PatchedPage } from "./page/open-page.js";
import { patchBooleans } from "./page/patch-booleans.js";
import { createIndexPatcher } from "./page/patch-indices.js";
import { patchPlain } from "./page/patch-plain.js";
import { encodings, type DataPageHeader } from "./page-header.js";
import type { PageChangeSet } from "./patch-chunk.js";
import type { PatchedDictionary } from "./patch-dictionary.js";

export interface PagePatcher {
  /** `undefined` when the page is damaged, or of a kind that is not patched. */
  patch(
    stored: Uint8Array,
    header: DataPageHeader,
    changes: PageChangeSet,
    dictionary: PatchedDictionary | undefined,
  ): PatchedPage | undefined;
}

/** Patches the pages of one column chunk, one after the other. */
export function createPagePatcher(kit: PageKit): PagePatcher {
  const patchIndices = createIndexPatcher(kit);
  return {
    patch: (stored, header, changes, dictionary) => {
      const page = openPage(stored, header, changes, kit);
      if (page === undefined) return undefined;
      if (header.encoding === encodings.plain)
        return kit.shape.physicalType === "BOOLEAN" ? patchBooleans(page, kit) : patchPlain(page, kit);
      const usesDictionary = header.encoding === encodings.rleDictionary || header.encoding === encodings.plainDictionary;
      return usesDictionary && dictionary !== undefined ? patchIndices(page, dictionary) : undefined;
    },
  };
}
