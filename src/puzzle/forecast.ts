/**
 * How long a search may take. The number of attempts is exponentially distributed with mean 2^bits,
 * so the attempts already made do not shorten the rest.
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

/** Returns the forecast of a search for `bits` zero bits, at `rate` attempts per second. */
export function forecastSearch(bits: number, rate: number): Forecast {
  const seconds = 2 ** bits / rate;
  return { bits, rate, seconds, seconds95: -Math.log(1 - 0.95) * seconds };
}

/** Returns the chance, 0 to 1, that `attempts` attempts find a solution. */
export function chanceOf(bits: number, attempts: number): number {
  return -Math.expm1(-attempts / 2 ** bits);
}

/** Returns the chance, 0 to 1, that the search ends within `seconds`. */
export function chanceWithin({ bits, rate }: Forecast, seconds: number): number {
  return chanceOf(bits, rate * seconds);
}
