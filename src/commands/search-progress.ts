/**
 * The progress of a search: on a terminal a line that changes, elsewhere a line twice a minute.
 */
import type { StatusLine } from "../cli/progress.ts";
import { formatChance, formatCount, formatDuration } from "../cli/quantity.ts";
import { chanceOf, chanceWithin, type Forecast, forecastSearch } from "../puzzle/forecast.ts";
import type { Progress } from "../search/solve.ts";

/** Between two lines where there is no terminal, in seconds. */
export const LINE_INTERVAL = 30;

export interface SearchListener {
  /** Called once, about a fifth of a second into the search, when its rate is known. */
  readonly onForecast: (forecast: Forecast) => void;
  /** Called twice a minute where there is no terminal. */
  readonly onStillGoing: (progress: readonly string[]) => void;
}

/** Returns a handler of progress, which shows the line or calls the listener. */
export function watchSearch(
  bits: number,
  line: StatusLine | undefined,
  { onForecast, onStillGoing }: SearchListener,
): (progress: Progress) => void {
  const isDue = createPace(LINE_INTERVAL);
  // The rate is measured from the first attempts on: before them a kernel was chosen.
  let first: Progress | undefined;
  let isForecast = false;
  return (progress) => {
    if (first !== undefined && !isForecast && progress.attempts > first.attempts) {
      isForecast = true;
      onForecast(forecastSearch(bits, rateBetween(first, progress)));
    }
    if (progress.attempts > 0) {
      first ??= progress;
    }
    if (line !== undefined) {
      line.show(describeProgress(bits, progress));
    } else if (isDue(progress.seconds)) {
      onStillGoing(describeProgress(bits, progress));
    }
  };
}

/** Returns the attempts per second between two reports. */
function rateBetween(earlier: Progress, later: Progress): number {
  return (later.attempts - earlier.attempts) / (later.seconds - earlier.seconds);
}

/** Returns a function that is true once in each interval, for a clock in seconds. */
export function createPace(interval: number): (seconds: number) => boolean {
  let next = interval;
  return (seconds) => {
    const isDue = seconds >= next;
    if (isDue) {
      next = seconds + interval;
    }
    return isDue;
  };
}

/** Returns "12.3 M tried", "45.6 MH/s", "52.0 % likely by now", "about 0.3 s to go". */
export function describeProgress(bits: number, { attempts, seconds }: Progress): readonly string[] {
  const rate = seconds > 0 ? attempts / seconds : 0;
  return [
    `${formatCount(attempts).trimEnd()} tried`,
    `${formatCount(rate)}H/s`,
    `${formatChance(chanceOf(bits, attempts))} likely by now`,
    rate > 0 ? `about ${formatDuration(2 ** bits / rate)} to go` : "starting",
  ];
}

/** Returns "28 bits: about 1.0 s at 265 MH/s; 95 % within 3.0 s". */
export function describeForecast({ bits, rate, seconds, seconds95 }: Forecast): string {
  const about = `about ${formatDuration(seconds)} at ${formatCount(rate)}H/s`;
  return `${bits} bits: ${about}; 95 % within ${formatDuration(seconds95)}`;
}

/** Returns a warning if the time limit, in seconds, is shorter than the expected time. */
export function describeDoubt(
  forecast: Forecast,
  limit = Number.POSITIVE_INFINITY,
): string | undefined {
  return forecast.seconds > limit
    ? `the search may not end in time: the chance is ${formatChance(chanceWithin(forecast, limit))} within ${limit} s`
    : undefined;
}
