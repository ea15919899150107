/**
 * A generator that is made when it is first asked for a value. Leaving it before that makes nothing.
 */
export function deferredGenerator<T>(make: () => Promise<AsyncGenerator<T, void, undefined>>): AsyncGenerator<T, void, undefined> {
  let made: AsyncGenerator<T, void, undefined> | undefined;
  let making: Promise<AsyncGenerator<T, void, undefined>> | undefined;
  let left = false;
  const start = (): Promise<AsyncGenerator<T, void, undefined>> => {
    making ??= make().then((generator) => (made = generator));
    return making;
  };
  const end = async (): Promise<IteratorResult<T, void>> => {
    left = true;
    await (await making)?.return();
    return { done: true, value: undefined };
  };
  const generator: AsyncGenerator<T, void, undefined> = {
    next: () => {
      if (made !== undefined) return made.next();
      return left ? end() : start().then((started) => started.next());
    },
    return: end,
    throw: async (error: unknown) => {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]: () => generator,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
  return generator;
}
