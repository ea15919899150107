import { describe, expect, test } from "vitest";
import { untilAborted } from "../../src/base/abort.js";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

describe("untilAborted", () => {
  test("passes every item on, with a signal and without", async () => {
    expect(await all(untilAborted([1, 2, 3], undefined))).toEqual([1, 2, 3]);
    expect(await all(untilAborted([1, 2, 3], new AbortController().signal))).toEqual([1, 2, 3]);
  });

  test("ends while the source keeps its next item waiting for ever", async () => {
    const controller = new AbortController();
    const stuck = async function* (): AsyncGenerator<number> {
      yield 1;
      await new Promise(() => {});
    };
    const reading = all(untilAborted(stuck(), controller.signal));
    await Promise.resolve();
    controller.abort();
    await expect(reading).rejects.toMatchObject({ code: "usage/aborted" });
  });

  test("tells the source to end when the consumer leaves early", async () => {
    let ended = false;
    const source = async function* (): AsyncGenerator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        ended = true;
      }
    };
    for await (const item of untilAborted(source(), new AbortController().signal)) if (item === 1) break;
    expect(ended).toBe(true);
  });

  test("an error of the source is the error", async () => {
    const failing = async function* (): AsyncGenerator<number> {
      yield 1;
      throw new RangeError("broken");
    };
    await expect(all(untilAborted(failing(), new AbortController().signal))).rejects.toThrow(RangeError);
  });
});
