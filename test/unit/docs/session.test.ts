/**
 * The recorded session in the README, which bench/recording/run makes.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DOCS } from "../../support/docs.ts";

const cast = readFileSync(join(DOCS, "session.cast"), "utf8");
const picture = readFileSync(join(DOCS, "session.svg"), "utf8");

test("the recording can be played by asciinema, and is short enough to be watched", () => {
  const [header, ...events] = cast
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const times = events.map(([time]) => time);

  expect(header).toMatchObject({ version: 2, width: 100, height: 26 });
  expect(times).toEqual(times.toSorted((a: number, b: number) => a - b));
  expect(times.at(-1)).toBeLessThan(40);
});

test("the recording goes from missing certificates and a wrong flag to a finished session", () => {
  const story = [
    "run tlslp certs to make",
    "listening on",
    "did you mean --ports",
    "OK 8 answered",
    "Sample Name  complete",
  ];
  const places = story.map((text) => cast.indexOf(text));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test("neither the recording nor its picture shows where it was made", () => {
  for (const text of [cast, picture]) {
    expect(text).not.toMatch(/\/(?:tmp|home|root|Users|work)\//);
  }
  expect(picture.length).toBeLessThan(500_000);
});
