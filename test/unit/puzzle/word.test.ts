import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { randomWord } from "../../../src/puzzle/word.ts";
import { isWord } from "../../../src/wire/message.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

describe("a random word", () => {
  test("is a word of the protocol, with the length that was asked for", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 128 }), (length) => {
        const word = randomWord(length);
        return isWord(word) && word.length === length;
      }),
    );
  });

  test("does not begin with a dash, which a command line takes for a flag", () => {
    const words = Array.from({ length: 2000 }, () => randomWord(16));
    expect(words.filter((word) => word.startsWith("-"))).toEqual([]);
  });

  test("is never the same twice", () => {
    const words = Array.from({ length: 1000 }, () => randomWord(16));
    expect(new Set(words).size).toBe(words.length);
  });

  test("has every character of the alphabet after the first about equally often", () => {
    const count = 64_000;
    const counts = new Map<string, number>();
    const words = Array.from({ length: count / 64 }, () => randomWord(65).slice(1));
    for (const character of words.join("")) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect([...counts.keys()].sort().join("")).toBe([...ALPHABET].sort().join(""));
    // 1000 of each expected; a deviation of 250 is eight standard deviations.
    const deviations = [...counts.values()].map((times) => Math.abs(times - count / 64));
    expect(Math.max(...deviations)).toBeLessThan(250);
  });
});
