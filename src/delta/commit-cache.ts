import type { CommitActions } from "./protocol/actions.js";

/** Decoded commits by their file, the least recently used ones dropped first. */
export interface CommitCache {
  get(file: CommitIdentity): CommitActions | undefined;
  /** `bytes`: size of the file, the measure for what it takes in memory. */
  put(file: CommitIdentity, actions: CommitActions): void;
}

/** A table that was deleted and made anew has other files under the same names: size and time tell them apart. */
export interface CommitIdentity {
  readonly key: string;
  readonly size: number;
  readonly modifiedMs: number;
}

export function createCommitCache(limitBytes: number): CommitCache {
  const entries = new Map<string, { readonly actions: CommitActions; readonly bytes: number }>();
  let total = 0;
  const drop = (id: string): void => {
    total -= entries.get(id)?.bytes ?? 0;
    entries.delete(id);
  };
  return {
    get(file) {
      const id = identify(file);
      const entry = entries.get(id);
      if (entry === undefined) return undefined;
      entries.delete(id);
      entries.set(id, entry);
      return entry.actions;
    },
    put(file, actions) {
      const id = identify(file);
      drop(id);
      if (file.size > limitBytes) return;
      entries.set(id, { actions, bytes: file.size });
      total += file.size;
      for (const oldest of entries.keys()) {
        if (total <= limitBytes) break;
        drop(oldest);
      }
    },
  };
}

function identify(file: CommitIdentity): string {
  return `${file.key}/${file.size}/${file.modifiedMs}`;
}
