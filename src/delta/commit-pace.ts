import type { Host } from "../base/host.js";
import { backoffMs } from "../base/retry.js";

/** How long a writer waits between two attempts to publish. */
export interface CommitPace {
  /** After an attempt that took `tookMs` and found `rivals` commits in its way. */
  afterLoss(rivals: number, tookMs: number): number;
  /** After an attempt whose outcome the store did not tell. */
  afterFailure(): number;
}

const failing = { baseMs: 10, maxMs: 1000 } as const;
const racing = { leastMs: 2, mostMs: 1000, doublings: 2 } as const;

/**
 * A writer that is several versions behind has caught up by reading them, and goes on at once. One that lost by a single
 * version lost a race that others run too: it waits for anything up to a few times what an attempt takes, so that on each
 * version few run against each other, on a disk as on a store far away. Waiting longer with every loss would let those who
 * have just won win again.
 */
export function createCommitPace(host: Pick<Host, "random">): CommitPace {
  let races = 0;
  let failures = 0;
  return {
    afterLoss(rivals, tookMs) {
      failures = 0;
      if (rivals > 1) return 0;
      const bound = Math.max(tookMs, racing.leastMs) * 2 ** Math.min(races++, racing.doublings);
      return Math.floor(host.random() * Math.min(bound, racing.mostMs));
    },
    afterFailure: () => backoffMs(host, failing, ++failures),
  };
}
