/**
 * Results for programs: one object on one line.
 */

export function jsonLine(result: object): string {
  return `${JSON.stringify(result)}\n`;
}

const MICROSECONDS = 6;
/** For times that are computed, which may be shorter than any that is measured. */
export const NANOSECONDS = 9;

/** Seconds without the digits that no clock has. */
export function roundSeconds(seconds: number, digits = MICROSECONDS): number {
  return Number(seconds.toFixed(digits));
}
