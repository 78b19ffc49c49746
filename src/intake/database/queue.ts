/**
 * Actions one after the other, each when the one before has ended.
 */

export interface Queue {
  run<T>(action: () => Promise<T>): Promise<T>;
}

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(action) {
      const result = last.then(action);
      last = result.catch(() => undefined);
      return result;
    },
  };
}
