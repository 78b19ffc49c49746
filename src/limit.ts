/**
 * Time limits. A step has one absolute deadline; this is where it is enforced, whatever the step
 * waits for and however its bytes dribble in.
 */
import { Fault } from "./fault.ts";

/** The longest limit that a timer can hold, in seconds: 2³¹ − 1 ms, about 24 days. */
export const MAX_LIMIT = 2_147_483;

export interface Deadline {
  readonly seconds: number;
  /** What was waited for, for the message. */
  readonly step: string;
}

export interface Bounds extends Deadline {
  /** Ends the wait early; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits for `work` within the bounds. Throws a timeout fault at the deadline; whatever `work` then
 * still does is ignored, so its owner must be closed.
 */
export async function within<T>(bounds: Bounds, work: Promise<T>): Promise<T> {
  const { seconds, step, signal } = bounds;
  const ended = Promise.withResolvers<never>();
  const callOff = startDeadline({ seconds, step }, ended.reject);
  const abort = () => ended.reject(signal?.reason);
  if (signal?.aborted) {
    abort();
  }
  signal?.addEventListener("abort", abort);
  try {
    return await Promise.race([ended.promise, work]);
  } finally {
    callOff();
    signal?.removeEventListener("abort", abort);
  }
}

/** Hands over a timeout fault at the deadline, unless it is called off before: by what it returns. */
export function startDeadline(
  { seconds, step }: Deadline,
  onPassed: (fault: Fault) => void,
): () => void {
  const timer = setTimeout(
    () => onPassed(new Fault("timeout", `${step} took longer than ${seconds} s`)),
    seconds * 1000,
  );
  return () => clearTimeout(timer);
}
