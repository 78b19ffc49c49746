/**
 * Forecasts of a search. The number of attempts is exponentially distributed with mean 2^bits, so
 * the attempts made so far say nothing about those still needed.
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

/** Forecasts a search for `bits` zero bits at `rate` attempts per second. */
export function forecastSearch(bits: number, rate: number): Forecast {
  const seconds = 2 ** bits / rate;
  return { bits, rate, seconds, seconds95: -Math.log(1 - 0.95) * seconds };
}

/** The chance, 0 to 1, that this number of attempts finds a solution. */
export function chanceOf(bits: number, attempts: number): number {
  return -Math.expm1(-attempts / 2 ** bits);
}

/** The chance, 0 to 1, that the search ends within these seconds. */
export function chanceWithin({ bits, rate }: Forecast, seconds: number): number {
  return chanceOf(bits, rate * seconds);
}
