/** Many calls of one turn as one: code that asks item by item costs one way to a worker and back. */

interface Waiting<In, Out> {
  readonly item: In;
  resolve(value: Out): void;
  reject(error: unknown): void;
}

/** Gathers the calls of one turn; `run` answers them in their order. */
export function gathered<In, Out>(
  run: (items: readonly In[]) => Promise<readonly Out[]>,
): (item: In) => Promise<Out> {
  let waiting: Waiting<In, Out>[] = [];
  const flush = (): void => {
    const now = waiting;
    waiting = [];
    run(now.map(({ item }) => item)).then(
      (values) => now.forEach((one, i) => one.resolve(values[i] as Out)),
      (error: unknown) => now.forEach((one) => one.reject(error)),
    );
  };
  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ item, resolve, reject }) === 1) queueMicrotask(flush);
    });
}
