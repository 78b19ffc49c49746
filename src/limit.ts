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
  const { signal } = bounds;
  const ended = Promise.withResolvers<never>();
  const alarm = createAlarm(ended.reject);
  alarm.set(bounds);
  const abort = () => ended.reject(signal?.reason);
  if (signal?.aborted) {
    abort();
  }
  signal?.addEventListener("abort", abort);
  try {
    return await Promise.race([ended.promise, work]);
  } finally {
    alarm.stop();
    signal?.removeEventListener("abort", abort);
  }
}

/** What rings at the deadline of a step, for one step after the other. */
export interface Alarm {
  /** This is the step now, and its time begins. */
  set(deadline: Deadline): void;
  /** The step is done. */
  clear(): void;
  /** There will be no other step. */
  stop(): void;
}

/**
 * Hands over a timeout fault when a step's deadline passes. Most steps are done long before: its
 * timer is only set anew when it would come too late, or came too early.
 */
export function createAlarm(onPassed: (fault: Fault) => void): Alarm {
  let current: Deadline | undefined;
  let passes = 0;
  let rings = Number.POSITIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function wind(now: number): void {
    clearTimeout(timer);
    rings = passes;
    timer = setTimeout(ring, passes - now);
  }

  function ring(): void {
    rings = Number.POSITIVE_INFINITY;
    if (current === undefined) {
      return;
    }
    const now = performance.now();
    if (now < passes) {
      wind(now);
      return;
    }
    const { step, seconds } = current;
    current = undefined;
    onPassed(new Fault("timeout", `${step} took longer than ${seconds} s`));
  }

  return {
    set(deadline) {
      const now = performance.now();
      current = deadline;
      passes = now + deadline.seconds * 1000;
      if (passes < rings) {
        wind(now);
      }
    },
    clear() {
      current = undefined;
    },
    stop() {
      current = undefined;
      clearTimeout(timer);
    },
  };
}
