/**
 * How values are written into records.
 */

/** Seconds to the millisecond; JSON would show all the digits of a measurement. */
export function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
