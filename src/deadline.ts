/**
 * Time limits. A step has one absolute deadline; this is where it is enforced, whatever the step
 * waits for and however its bytes dribble in.
 */
import { Fault } from "./fault/fault.ts";

/** The longest limit that a timer can hold, in seconds: 2³¹ − 1 ms, about 24 days. */
export const MAX_LIMIT = 2_147_483;

export interface Bounds {
  readonly seconds: number;
  /** What is waited for, for the message. */
  readonly step: string;
  /** Ends the wait early; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits for `work` within the bounds. Throws a timeout fault at the deadline; whatever `work` then
 * still does is ignored, so its owner must be closed.
 */
export async function withTimeout<T>(bounds: Bounds, work: Promise<T>): Promise<T> {
  const { seconds, step, signal } = bounds;
  const ended = Promise.withResolvers<never>();
  const alarm = new Alarm(() => ended.reject(timeoutFault(step, seconds)));
  alarm.set(seconds);
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

/**
 * Rings when the time of a step is over, for one step after the other. Most steps are done long
 * before: its timer is only set anew when it would come too late, or came too early.
 *
 * A class, as all that each of many sessions has: what a step needs of it lies in one place.
 */
export class Alarm {
  readonly #ring: () => void;
  #isSet: boolean;
  /** When the step must be done, and when the timer comes. */
  #deadline: number;
  #rings: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
    this.#isSet = false;
    this.#deadline = 0;
    this.#rings = Number.POSITIVE_INFINITY;
    this.#timer = undefined;
  }

  /** A step begins, and may take so many seconds. */
  set(seconds: number): void {
    const now = performance.now();
    this.#isSet = true;
    this.#deadline = now + seconds * 1000;
    if (this.#deadline < this.#rings) {
      this.#wind(now);
    }
  }

  /** The step is done. */
  clear(): void {
    this.#isSet = false;
  }

  /** There will be no other step. */
  stop(): void {
    this.#isSet = false;
    clearTimeout(this.#timer);
  }

  #wind(now: number): void {
    clearTimeout(this.#timer);
    this.#rings = this.#deadline;
    this.#timer = setTimeout(() => this.#onTimer(), this.#deadline - now);
  }

  #onTimer(): void {
    this.#rings = Number.POSITIVE_INFINITY;
    if (!this.#isSet) {
      return;
    }
    const now = performance.now();
    if (now < this.#deadline) {
      this.#wind(now);
      return;
    }
    this.#isSet = false;
    this.#ring();
  }
}

/** The fault of a step that took too long. */
export function timeoutFault(step: string, seconds: number): Fault {
  return new Fault("timedOut", { step, seconds });
}
