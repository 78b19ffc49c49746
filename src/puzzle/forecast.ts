/**
 * What to expect of a search. The number of attempts that it needs is exponentially distributed with
 * mean 2^bits, so what has been tried says nothing about how long the rest takes.
 */
export interface Forecast {
  readonly bits: number;
  /** Attempts per second, above 0. */
  readonly rate: number;
  /** The expected time, in seconds. */
  readonly seconds: number;
  /** The time that suffices in 95 of 100 cases, in seconds. */
  readonly seconds95: number;
}

/** What to expect of a search for so many bits at so many attempts per second. */
export function forecastSearch(bits: number, rate: number): Forecast {
  const seconds = 2 ** bits / rate;
  return { bits, rate, seconds, seconds95: -Math.log(1 - 0.95) * seconds };
}

/** The chance, 0 to 1, that so many attempts find a solution. */
export function chanceOf(bits: number, attempts: number): number {
  return -Math.expm1(-attempts / 2 ** bits);
}

/** The chance, 0 to 1, that the search ends within so many seconds. */
export function chanceWithin({ bits, rate }: Forecast, seconds: number): number {
  return chanceOf(bits, rate * seconds);
}
