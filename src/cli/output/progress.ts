import { Presets, SingleBar } from "cli-progress";
import type { Progress } from "../../base/progress.js";

export interface ProgressDisplay {
  readonly onProgress: ((progress: Progress) => void) | undefined;
  stop(): void;
}

/** A bar on stderr when that is a terminal and nobody asked for quiet; nothing at all otherwise. */
export function showProgress(quiet: boolean): ProgressDisplay {
  if (quiet || !process.stderr.isTTY) return { onProgress: undefined, stop: () => {} };
  const bar = new SingleBar(
    { format: "{phase} [{bar}] {value}/{total} {unit}", stream: process.stderr, clearOnComplete: true, hideCursor: true, etaBuffer: 20 },
    Presets.rect,
  );
  let running = false;
  return {
    onProgress: ({ phase, done, total, unit }) => {
      const payload = { phase, unit };
      if (!running) bar.start(total ?? done, done, payload);
      running = true;
      bar.setTotal(Math.max(total ?? done, 1));
      bar.update(done, payload);
    },
    stop: () => {
      if (running) bar.stop();
    },
  };
}
