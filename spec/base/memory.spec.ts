import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryBudget, type MemoryLease } from "../../src/base/memory.js";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Step =
  | { readonly kind: "reserve"; readonly bytes: number }
  | { readonly kind: "release"; readonly pick: number }
  | { readonly kind: "abort"; readonly pick: number };

const steps = fc.array(
  fc.oneof<[fc.Arbitrary<Step>, fc.Arbitrary<Step>, fc.Arbitrary<Step>]>(
    fc.record({ kind: fc.constant("reserve" as const), bytes: fc.nat(150) }),
    fc.record({ kind: fc.constant("release" as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant("abort" as const), pick: fc.nat() }),
  ),
  { maxLength: 40 },
);

describe("memory budget", () => {
  test("grants in order, never above the limit except for one alone, and everyone in the end", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (program) => {
        const budget = createMemoryBudget(100);
        const held: MemoryLease[] = [];
        const granted: number[] = [];
        const waiting = new Map<number, AbortController>();
        const release = (pick: number): void => held.splice(pick % Math.max(held.length, 1), 1)[0]?.release();
        let asked = 0;
        for (const step of program) {
          if (step.kind === "release") release(step.pick);
          if (step.kind === "abort") [...waiting.values()][step.pick % Math.max(waiting.size, 1)]?.abort();
          if (step.kind === "reserve") {
            const number = asked++;
            const controller = new AbortController();
            waiting.set(number, controller);
            void budget.reserve(step.bytes, controller.signal).then(
              (lease) => {
                waiting.delete(number);
                granted.push(number);
                held.push(lease);
              },
              () => waiting.delete(number),
            );
          }
          await settle();
          const used = held.reduce((sum, lease) => sum + lease.bytes, 0);
          expect(budget.usedBytes).toBe(used);
          expect(used <= 100 || held.filter((lease) => lease.bytes > 0).length === 1).toBe(true);
        }
        while (held.length > 0) {
          release(0);
          await settle();
        }
        expect(waiting.size).toBe(0);
        expect(budget.usedBytes).toBe(0);
        expect(granted).toEqual([...granted].sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });

  test("a small request does not overtake a big one that waits", async () => {
    const budget = createMemoryBudget(100);
    const first = await budget.reserve(60);
    const big = budget.reserve(80);
    expect(budget.tryReserve(10)).toBeUndefined();
    first.release();
    expect((await big).bytes).toBe(80);
    expect(budget.tryReserve(10)?.bytes).toBe(10);
  });

  test("one that gives up waiting lets those behind it in", async () => {
    const budget = createMemoryBudget(100);
    await budget.reserve(60);
    const controller = new AbortController();
    const big = budget.reserve(80, controller.signal);
    const small = budget.reserve(30);
    controller.abort();
    await expect(big).rejects.toMatchObject({ code: "usage/aborted" });
    expect((await small).bytes).toBe(30);
  });

  test("more than the whole limit is granted when nothing else is held", async () => {
    const budget = createMemoryBudget(100);
    const small = await budget.reserve(1);
    const huge = budget.reserve(500);
    small.release();
    const lease = await huge;
    expect(budget.usedBytes).toBe(500);
    expect(budget.tryReserve(1)).toBeUndefined();
    lease.release();
  });

  test("bytes held for a whole operation lessen what is free, and block nobody for ever", async () => {
    const budget = createMemoryBudget(100);
    const source = budget.hold(60);
    const small = await budget.reserve(30);
    expect(budget.tryReserve(30)).toBeUndefined();
    const big = budget.reserve(90);
    small.release();
    expect((await big).bytes).toBe(90);
    expect(budget.usedBytes).toBe(150);
    source.release();
    expect(budget.usedBytes).toBe(90);
  });

  test("a lease given back twice is given back once", async () => {
    const budget = createMemoryBudget(100);
    const lease = await budget.reserve(40);
    await budget.reserve(20);
    lease.release();
    lease.release();
    expect(budget.usedBytes).toBe(20);
  });

  test.each([0, -1, Number.NaN])("a limit of %s is refused", (limit) => {
    expect(() => createMemoryBudget(limit)).toThrow(expect.objectContaining({ code: "usage/invalid-option" }));
  });
});
