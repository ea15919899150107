import { AsyncLocalStorage } from "node:async_hooks";

/** Tasks that run one after the other; a failure is its own caller's and does not stop the next. */
export interface TaskQueue {
  /**
   * Rejects with `refusal()` when it is called from within a running task of this queue, whose end it would wait for.
   *
   * @param callsBack  whether the task runs code of others, which could do that. To follow such code costs: every promise of the
   *   process takes longer meanwhile.
   */
  run<T>(task: () => Promise<T>, refusal: () => Error, callsBack?: boolean): Promise<T>;
  /** Resolves when all tasks so far are over. Never rejects. */
  settled(): Promise<void>;
}

/** The queues whose tasks called the present code, directly or through whatever they wait for. */
const callers = new AsyncLocalStorage<ReadonlySet<RunningTask>>();
let running = 0;

interface RunningTask {
  readonly queue: TaskQueue;
  isOver: boolean;
}

export function createTaskQueue(): TaskQueue {
  let last: Promise<unknown> = Promise.resolve();
  const queue: TaskQueue = {
    run: (task, refusal, callsBack = true) => {
      const outer = callers.getStore();
      for (const { queue: other, isOver } of outer ?? []) if (other === queue && !isOver) return Promise.reject(refusal());
      const run = last.then(() => (callsBack ? runAs({ queue, isOver: false }, outer, task) : task()));
      last = run.catch(() => undefined);
      return run;
    },
    settled: async () => {
      await last;
    },
  };
  return queue;
}

async function runAs<T>(self: RunningTask, outer: ReadonlySet<RunningTask> | undefined, task: () => Promise<T>): Promise<T> {
  running++;
  try {
    return await callers.run(new Set([...(outer ?? []), self]), task);
  } finally {
    self.isOver = true;
    if (--running === 0) callers.disable();
  }
}
