import { describe, expect, test } from "bun:test";
import {
  createPace,
  describeDoubt,
  describeForecast,
  describeProgress,
  watchSearch,
} from "../../../src/commands/search-progress.ts";
import { type Forecast, forecastSearch } from "../../../src/puzzle/forecast.ts";

describe("progress", () => {
  test("shows the attempts, the rate, the chance and the time left", () => {
    expect(describeProgress(20, { attempts: 2 ** 20, seconds: 0.5 })).toEqual([
      "1.05 M tried",
      "2.10 MH/s",
      "63.2 % likely by now",
      "about 0.5 s to go",
    ]);
  });

  test("shows the same time left, however many attempts were made", () => {
    const rest = (attempts: number) =>
      describeProgress(20, { attempts, seconds: attempts / 1e6 }).at(-1);
    expect(rest(10)).toBe(rest(10_000_000));
  });

  test("has no rate before there is any", () => {
    expect(describeProgress(64, { attempts: 0, seconds: 0 })).toEqual([
      "0 tried",
      "0 H/s",
      "0.0 % likely by now",
      "starting",
    ]);
  });
});

test("a pace is due once in each interval, however often it is asked", () => {
  const isDue = createPace(30);
  expect([0, 29, 30, 31, 59, 61, 62, 91].map(isDue)).toEqual([
    false,
    false,
    true,
    false,
    false,
    true,
    false,
    true,
  ]);
});

describe("a search without a terminal", () => {
  function watch(seconds: readonly number[]) {
    const told: (Forecast | readonly string[])[] = [];
    const tell = (what: Forecast | readonly string[]) => void told.push(what);
    const onProgress = watchSearch(40, undefined, { onForecast: tell, onStillGoing: tell });
    for (const each of seconds) {
      onProgress({ attempts: each * 1e6, seconds: each });
    }
    return told;
  }

  test("is forecast once, as soon as there is a rate", () => {
    expect(watch([0, 0.5, 1, 2])).toMatchObject([{ bits: 40, rate: 1e6 }]);
  });

  test("is forecast without the time before its first attempts", () => {
    const forecasts: Forecast[] = [];
    const onForecast = (forecast: Forecast) => void forecasts.push(forecast);
    const onProgress = watchSearch(40, undefined, { onForecast, onStillGoing: () => {} });
    for (const [seconds, attempts] of [
      [0.1, 0],
      [0.2, 1e6],
      [0.3, 1e6],
      [0.4, 5e6],
      [0.5, 5e6],
    ] as const) {
      onProgress({ attempts, seconds });
    }
    expect(forecasts).toHaveLength(1);
    expect(forecasts[0]?.rate).toBeCloseTo(20e6, 3);
  });

  test("is reported twice a minute", () => {
    expect(watch([0.5, 29, 30, 31, 59, 60, 61])).toMatchObject([
      { bits: 40 },
      ["30.0 M tried", "1.00 MH/s", "under 0.1 % likely by now", "about 12.7 days to go"],
      ["60.0 M tried", "1.00 MH/s", "under 0.1 % likely by now", "about 12.7 days to go"],
    ]);
  });
});

describe("a forecast", () => {
  const forecast = forecastSearch(28, 265e6);

  test("shows the expected time, and the time for 95 %", () => {
    expect(describeForecast(forecast)).toBe("28 bits: about 1.0 s at 265 MH/s; 95 % within 3.0 s");
  });

  test("is no reason for doubt while it is within the time limit", () => {
    expect(describeDoubt(forecast, 2)).toBeUndefined();
  });

  test("that is beyond the time limit shows the chance within the limit", () => {
    expect(describeDoubt(forecast, 0.5)).toBe(
      "the search may not end in time: the chance is 39.0 % within 0.5 s",
    );
  });
});
