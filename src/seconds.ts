/**
 * Measured times, and their rounding to the digits that are worth showing.
 */

/** A day, as dates count it. */
export const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Returns the seconds since `start`, a time of `performance.now()`. */
export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

/** Seconds to the millisecond, for log records. */
export function roundToMilliseconds(seconds: number): number {
  return round(seconds, 3);
}

/** Seconds to the microsecond, for results. */
export function roundToMicroseconds(seconds: number): number {
  return round(seconds, 6);
}

/** Seconds to the nanosecond, for averages: they may be shorter than any measured time. */
export function roundToNanoseconds(seconds: number): number {
  return round(seconds, 9);
}

function round(seconds: number, digits: number): number {
  return Number(seconds.toFixed(digits));
}
