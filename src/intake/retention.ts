/**
 * How long personal data is kept: a server erases older entries, at its start and once a day.
 */
import { Fault, toFault } from "../fault/fault.ts";
import type { Store } from "./store/store.ts";

const DAY_SECONDS = 24 * 60 * 60;
/** About a hundred years. */
export const MAX_DAYS = 36_500;

/** An attempt to erase personal data that is older than the limit. */
export type RetentionEvent =
  /** This number of submissions and attempts. */
  | { readonly type: "old entries erased"; readonly count: number }
  /** It is tried again in a day. */
  | { readonly type: "old entries not erased"; readonly reason: string };

/** Parses an age such as `180d`, to whole days; throws a usage fault for another text. */
export function parseAge(text: string, setting: string): number {
  const days = /^[1-9][0-9]{0,5}d$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
  if (!(days <= MAX_DAYS)) {
    throw new Fault("notAge", { setting, value: text });
  }
  return days;
}

/** Returns the time a number of days ago. */
export function daysAgo(days: number, now = Date.now()): Date {
  return new Date(now - days * DAY_SECONDS * 1000);
}

/** Erases entries that are older than a number of days, now and daily, until it is disposed. */
export function startRetention(
  store: Pick<Store, "eraseBefore">,
  days: number,
  observe: (event: RetentionEvent) => void,
): Disposable {
  const stopping = new AbortController();

  async function erase(): Promise<void> {
    try {
      const count = await store.eraseBefore(daysAgo(days), { signal: stopping.signal });
      if (count > 0) {
        observe({ type: "old entries erased", count });
      }
    } catch (thrown) {
      if (!stopping.signal.aborted) {
        observe({ type: "old entries not erased", reason: toFault(thrown).message });
      }
    }
  }

  erase();
  const timer = setInterval(erase, DAY_SECONDS * 1000).unref();
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      stopping.abort();
    },
  };
}
