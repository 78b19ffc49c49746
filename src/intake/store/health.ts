/**
 * Whether the store works. While it fails, it is probed every second, and the failure is reported
 * once a minute at most, however many sessions it affects.
 */

import type { Fault } from "../../fault/fault.ts";

type StoreFault = Fault<"storeFailed">;

/** Whether the store works, or since when it does not and why. */
export type Health =
  | { readonly isOk: true }
  | { readonly isOk: false; readonly since: Date; readonly fault: StoreFault };

/** A change in whether the store works. */
export type StoreEvent =
  /** Answers cannot be kept; reported once a minute at most. */
  | { readonly type: "store failing"; readonly since: Date; readonly fault: StoreFault }
  /** Answers can be kept again, after this time. */
  | { readonly type: "store recovered"; readonly seconds: number };

export type StoreObserver = (event: StoreEvent) => void;

export interface HealthMonitor {
  /** The state now. */
  readonly health: Health;
  /** Must be called when a write failed. */
  fail(fault: StoreFault): void;
  /** Must be called when a write succeeded. */
  succeed(): void;
  /** Tries no more. */
  stop(): void;
}

const REPORT_INTERVAL = 60_000;

/** Starts with a store that works. `probe` writes something, and rejects where that fails. */
export function monitorHealth(
  probe: () => Promise<void>,
  observe: StoreObserver,
  probeInterval = 1000,
): HealthMonitor {
  let health: Health = { isOk: true };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reported = Number.NEGATIVE_INFINITY;
  let isReported = false;
  let isStopped = false;

  function fail(fault: StoreFault): void {
    const since = health.isOk ? new Date() : health.since;
    health = { isOk: false, since, fault };
    if (performance.now() - reported >= REPORT_INTERVAL) {
      reported = performance.now();
      isReported = true;
      observe({ type: "store failing", since, fault });
    }
    if (!isStopped) {
      timer ??= setTimeout(tryAgain, probeInterval).unref();
    }
  }

  function succeed(): void {
    if (!health.isOk) {
      const seconds = (Date.now() - health.since.getTime()) / 1000;
      health = { isOk: true };
      clearTimeout(timer);
      timer = undefined;
      if (isReported) {
        isReported = false;
        observe({ type: "store recovered", seconds });
      }
    }
  }

  function tryAgain(): void {
    timer = undefined;
    // A failure was reported to `fail`, which sets the timer again.
    probe().catch(() => undefined);
  }

  return {
    get health() {
      return health;
    },
    fail,
    succeed,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
