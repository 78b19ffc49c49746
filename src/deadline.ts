/**
 * Waits that have an end: a timeout, an abort, or the last of several tasks. Every wait for a peer,
 * a resolver or a database on the network goes through `withTimeout`.
 */
import { Fault } from "./fault/fault.ts";

/** The longest time that a timer can hold, in seconds: 2³¹ − 1 ms, about 24 days. */
export const MAX_TIMEOUT = 2_147_483;

export interface Deadline {
  readonly seconds: number;
  /** The work that must be done by then, as the subject of "… took longer than 10 s". */
  readonly step: string;
  /** Ends the wait early; `withTimeout` then throws its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the result of `work` if it comes before the deadline. The deadline is absolute: progress
 * does not extend it. Work that misses it is not stopped; only its result is ignored.
 *
 * @throws {Fault} "timeout" at the deadline
 */
export function withTimeout<T>(deadline: Deadline, work: Promise<T>): Promise<T> {
  const { seconds, step, signal } = deadline;
  const awaited = orAborted(work, signal);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Fault("timedOut", { step, seconds })),
      seconds * 1000,
    );
    awaited.then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (thrown: unknown) => {
        clearTimeout(timer);
        reject(thrown);
      },
    );
  });
}

/** Returns the result of `work`, or throws the signal's reason as soon as it is aborted. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return work;
  }
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort);
  if (signal.aborted) {
    abort();
  }
  try {
    return await Promise.race([aborted.promise, work]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Resolves when no task is left, also of those that begin meanwhile; a task removes itself. */
export async function allEnded(tasks: ReadonlyMap<unknown, Promise<void>>): Promise<void> {
  while (tasks.size > 0) {
    await Promise.all(tasks.values());
  }
}
