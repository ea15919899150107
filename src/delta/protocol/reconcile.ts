import {
  deletionVectorId,
  type AddFile,
  type CommitActions,
  type DomainMetadata,
  type LogicalFile,
  type Metadata,
  type Protocol,
  type RemoveFile,
  type SetTransaction,
} from "./actions.js";
import { canonicalPath } from "./decode-data-path.js";

// PROTOCOL.md "Action Reconciliation". Actions are taken newest first: what has been seen hides what comes later.

/** The logical files, (path, id of the deletion vector), that newer versions have named. */
export interface SeenFiles {
  readonly size: number;
  has(file: LogicalFile): boolean;
  /** Canonical: relative paths as the log has them. */
  paths(): Iterable<string>;
}

export interface FileReconciler {
  readonly seen: SeenFiles;
  /** The file actions of one version that are still in force, given that all newer versions have been taken. */
  take(actions: Pick<CommitActions, "adds" | "removes">): { readonly adds: readonly AddFile[]; readonly removes: readonly RemoveFile[] };
}

export function createFileReconciler(): FileReconciler {
  // Nearly every path has one id; a set of them is made for the others only.
  const vectors = new Map<string, VectorId | Set<VectorId>>();
  const has = (file: LogicalFile): boolean => {
    const known = vectors.get(canonicalPath(file.path));
    if (known === undefined) return false;
    const id = vectorId(file);
    return known instanceof Set ? known.has(id) : known === id;
  };
  const remember = (file: LogicalFile): void => {
    const path = canonicalPath(file.path);
    const known = vectors.get(path);
    const id = vectorId(file);
    if (known === undefined) vectors.set(path, id);
    else if (known instanceof Set) known.add(id);
    else if (known !== id) vectors.set(path, new Set([known, id]));
  };
  return {
    seen: {
      get size() {
        return vectors.size;
      },
      has,
      paths: () => vectors.keys(),
    },
    take({ adds, removes }) {
      const liveAdds = adds.filter((add) => !has(add));
      const liveRemoves = removes.filter((remove) => !has(remove));
      adds.forEach(remember);
      removes.forEach(remember);
      return { adds: liveAdds, removes: liveRemoves };
    },
  };
}

/** `null` stands for no vector. */
type VectorId = string | null;

function vectorId(file: LogicalFile): VectorId {
  return deletionVectorId(file.deletionVector) ?? null;
}

/** Everything of a snapshot but its files. */
export interface NonFileState {
  readonly protocol: Protocol | undefined;
  readonly metadata: Metadata | undefined;
  readonly txns: readonly SetTransaction[];
  /** Without the removed ones. */
  readonly domains: readonly DomainMetadata[];
}

export interface NonFileReconciler {
  take(actions: Pick<CommitActions, "protocol" | "metadata" | "txns" | "domains">): void;
  state(): NonFileState;
}

export function createNonFileReconciler(): NonFileReconciler {
  let protocol: Protocol | undefined;
  let metadata: Metadata | undefined;
  const txns = new Map<string, SetTransaction>();
  const domains = new Map<string, DomainMetadata>();
  return {
    take(actions) {
      protocol ??= actions.protocol;
      metadata ??= actions.metadata;
      // Within one version the last one counts.
      for (const txn of [...actions.txns].reverse()) if (!txns.has(txn.appId)) txns.set(txn.appId, txn);
      for (const domain of [...actions.domains].reverse()) if (!domains.has(domain.domain)) domains.set(domain.domain, domain);
    },
    state: () => ({ protocol, metadata, txns: [...txns.values()], domains: [...domains.values()].filter((domain) => !domain.removed) }),
  };
}
