import { expect, test } from "bun:test";
import { chanceOf, chanceWithin, forecastSearch } from "../../../src/puzzle/forecast.ts";

const forecast = forecastSearch(28, 265e6);

test("a forecast has the mean time, and the time within which 95 of 100 searches end", () => {
  expect(forecast.seconds).toBeCloseTo(2 ** 28 / 265e6, 12);
  expect(chanceWithin(forecast, forecast.seconds95)).toBeCloseTo(0.95, 12);
  expect(chanceWithin(forecast, forecast.seconds)).toBeCloseTo(1 - 1 / Math.E, 12);
});

test("a tiny chance is not rounded to 0", () => {
  expect(chanceOf(64, 1)).toBeCloseTo(2 ** -64, 30);
  expect(chanceOf(64, 1)).toBeGreaterThan(0);
});
