import { SingleBar } from "cli-progress";
import type { Progress } from "../../base/progress.js";
import type { Shell } from "../shell.js";

export interface ProgressDisplay {
  readonly onProgress: ((progress: Progress) => void) | undefined;
  stop(): void;
}

const barLength = 24;

/** A line on stderr while work is under way, when that is a terminal and nobody asked for quiet; nothing at all otherwise. */
export function showProgress({ stderr }: Shell, quiet: boolean): ProgressDisplay {
  if (quiet || stderr.isTTY !== true) return { onProgress: undefined, stop: () => {} };
  const bar = new SingleBar({
    stream: stderr,
    clearOnComplete: true,
    hideCursor: true,
    format: (_options, _params, payload: Progress) => progressLine(payload),
  });
  let running = false;
  return {
    onProgress: (progress) => {
      if (!running) bar.start(progress.total ?? 0, progress.done, progress);
      running = true;
      bar.update(progress.done, progress);
    },
    stop: () => {
      if (running) bar.stop();
      running = false;
    },
  };
}

/** A bar where the end is known, a count where it is not. */
export function progressLine({ phase, done, total, unit }: Progress): string {
  const count = done.toLocaleString("en-US");
  if (total === undefined || total === 0) return `${phase}  ${count} ${unit}`;
  const filled = Math.min(barLength, Math.round((done / total) * barLength));
  return `${phase}  ${"■".repeat(filled)}${"·".repeat(barLength - filled)}  ${count} of ${total.toLocaleString("en-US")} ${unit}`;
}
