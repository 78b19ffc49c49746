/**
 * What is told of a search while it runs: on a terminal a line that changes, elsewhere a line now
 * and then.
 */
import type { StatusLine } from "../cli/progress.ts";
import { formatChance, formatCount, formatDuration } from "../cli/quantity.ts";
import { chanceOf, chanceWithin, type Forecast, forecastSearch } from "../puzzle/forecast.ts";
import type { Progress } from "../search/solve.ts";

/** Where there is no terminal, between two lines, in seconds. */
const LINE_INTERVAL = 30;

export interface Listener {
  /** A fifth of a second into the search: now its rate is known. */
  readonly onForecast: (forecast: Forecast) => void;
  /** Twice a minute, where there is no terminal to show it all the time. */
  readonly onStillGoing: (progress: readonly string[]) => void;
}

/** Makes of a search's progress what is to be told. */
export function watchSearch(
  bits: number,
  line: StatusLine | undefined,
  { onForecast, onStillGoing }: Listener,
): (progress: Progress) => void {
  const isDue = createPace(LINE_INTERVAL);
  // What comes before the first sign of it is the choice of a kernel, and no measure of its rate.
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

/** Attempts per second. */
function rateBetween(earlier: Progress, later: Progress): number {
  return (later.attempts - earlier.attempts) / (later.seconds - earlier.seconds);
}

/** Says of each moment whether so many seconds have passed since it last said yes. */
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

/** "12.3 M tried", "45.6 MH/s", "52.0 % likely by now", "about 0.3 s to go" */
export function describeProgress(bits: number, { attempts, seconds }: Progress): readonly string[] {
  const rate = seconds > 0 ? attempts / seconds : 0;
  return [
    `${formatCount(attempts).trimEnd()} tried`,
    `${formatCount(rate)}H/s`,
    `${formatChance(chanceOf(bits, attempts))} likely by now`,
    rate > 0 ? `about ${formatDuration(2 ** bits / rate)} to go` : "starting",
  ];
}

/** "28 bits: about 1.0 s at 265 MH/s; 95 % within 3.0 s" */
export function describeForecast({ bits, rate, seconds, seconds95 }: Forecast): string {
  const about = `about ${formatDuration(seconds)} at ${formatCount(rate)}H/s`;
  return `${bits} bits: ${about}; 95 % within ${formatDuration(seconds95)}`;
}

/** What speaks against a time limit that is shorter than the expected time; nothing otherwise. */
export function describeDoubt(forecast: Forecast, limit: number): string | undefined {
  return forecast.seconds > limit
    ? `the search may not end in time: the chance is ${formatChance(chanceWithin(forecast, limit))} within ${limit} s`
    : undefined;
}
