import { describe, expect, test } from "vitest";
import { createTaskQueue } from "../../src/base/task-queue.js";

const refusal = (): Error => new Error("nested");
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a queue of tasks", () => {
  test("runs them one after the other, failures among them", async () => {
    const queue = createTaskQueue();
    const seen: string[] = [];
    const task = (name: string, fails: boolean) => async (): Promise<string> => {
      seen.push(`${name} begins`);
      await turn();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
    const runs = [queue.run(task("a", false), refusal), queue.run(task("b", true), refusal), queue.run(task("c", false), refusal)];
    await queue.settled();
    expect((await Promise.allSettled(runs)).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  test("refuses a task that a running one would wait for, however far away it is asked for", async () => {
    const queue = createTaskQueue();
    const other = createTaskQueue();
    async function* nested(): AsyncGenerator<number, void, undefined> {
      await turn();
      yield 1;
      // Through another queue and back.
      yield await other.run(() => queue.run(async () => 2, refusal), refusal);
    }
    const outer = queue.run(async () => {
      const all: number[] = [];
      for await (const each of nested()) all.push(each);
      return all;
    }, refusal);
    await expect(outer).rejects.toThrow("nested");
    expect(await queue.run(async () => "next", refusal)).toBe("next");
  });

  test("takes tasks from elsewhere while one is running, and from what a task has left behind when it is over", async () => {
    const queue = createTaskQueue();
    let later: (() => Promise<string>) | undefined;
    const first = queue.run(async () => {
      const left = (async () => {
        await turn();
        await turn();
        return queue.run(async () => "left behind", refusal);
      })();
      later = () => left;
    }, refusal);
    const second = queue.run(async () => "second", refusal);
    expect(await Promise.all([first, second])).toEqual([undefined, "second"]);
    expect(await later?.()).toBe("left behind");
  });
});
