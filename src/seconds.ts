/**
 * Measured times without the digits that no clock has.
 */

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
