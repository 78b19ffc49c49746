import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { isSolution } from "../../../src/puzzle/digest.ts";
import { randomWord } from "../../../src/puzzle/word.ts";
import { type Progress, type SolveOptions, solve } from "../../../src/search/solve.ts";
import { rejectionOf, summary } from "../../support/faults.ts";

const TOKEN = "gkcjcibIFynKssuJnJpSrgvawiVjLjEbdFuYQzuWROTeTaSmqFCAzuwkwLCRgIIq";
/** No search finds this many in the time of a test. */
const UNSOLVABLE = 64;
const SUFFIX = /^[A-Za-z0-9_-]+$/;

describe("a solution", () => {
  for (const bits of [0, 1, 7, 8, 9, 16, 20]) {
    test(`of ${bits} bits is right`, async () => {
      const { suffix, digest } = await solve(TOKEN, bits);
      expect(suffix).toMatch(SUFFIX);
      expect(digest).toBe(
        createHash("sha256")
          .update(TOKEN + suffix)
          .digest("hex"),
      );
      expect(isSolution(TOKEN, suffix, bits)).toBe(true);
    });
  }

  test("is found for tokens of any length", async () => {
    for (const length of [1, 2, 54, 55, 56, 63, 64, 65, 119, 120, 127, 128]) {
      const token = randomWord(length);
      const { suffix } = await solve(token, 10);
      expect(isSolution(token, suffix, 10)).toBe(true);
    }
  });

  test("is found for each of 64 random tokens at bits that are multiples of 6", async () => {
    for (const bits of [6, 12, 18]) {
      for (let count = 0; count < 64; count += 1) {
        const token = randomWord(64);
        const { suffix } = await solve(token, bits);
        expect(isSolution(token, suffix, bits)).toBe(true);
      }
    }
  }, 120_000);

  test("comes with its attempts, time and rate", async () => {
    const solution = await solve(TOKEN, 12, { threads: 2, kernel: "portable" });
    expect(solution).toMatchObject({ token: TOKEN, bits: 12, kernel: "portable", threads: 2 });
    expect(solution.attempts).toBeGreaterThan(0);
    expect(solution.seconds).toBeGreaterThan(0);
    expect(solution.hashesPerSecond).toBeCloseTo(solution.attempts / solution.seconds, 0);
  });

  test("is the same again from the same start with one thread", async () => {
    const options = { threads: 1, start: 12_345n, kernel: "portable" };
    const first = await solve(TOKEN, 12, options);
    const second = await solve(TOKEN, 12, options);
    expect(second.suffix).toBe(first.suffix);
    expect(second.attempts).toBe(first.attempts);
  });

  test("begins somewhere else each time", async () => {
    const suffixes = [await solve(TOKEN, 0), await solve(TOKEN, 0), await solve(TOKEN, 0)];
    expect(new Set(suffixes.map(({ suffix }) => suffix)).size).toBe(3);
  });
});

describe("the longest suffix allowed", () => {
  for (const maxSuffix of [16, 17, 63, 64, 119, 120, 128]) {
    test(`of ${maxSuffix} characters is not exceeded`, async () => {
      for (const length of [1, 39, 44, 47, 55, 64, 128]) {
        const token = randomWord(length);
        const { suffix } = await solve(token, 8, { maxSuffix });
        expect(suffix.length).toBeLessThanOrEqual(maxSuffix);
        expect(isSolution(token, suffix, 8)).toBe(true);
      }
    });
  }
});

test("shards find different suffixes from the same start", async () => {
  const shards = [1, 2, 3].map((index) => ({ index, count: 3 }));
  const found = await Promise.all(
    shards.map((shard) => solve(TOKEN, 0, { shard, start: 7n, threads: 1 })),
  );
  expect(new Set(found.map(({ suffix }) => suffix)).size).toBe(3);
});

describe("a search ends early", () => {
  test("when its time is up", async () => {
    const fault = await rejectionOf(solve(TOKEN, UNSOLVABLE, { timeout: 0.05 }));
    expect(summary(fault)).toBe("timeout: no solution within 0.05 s");
  });

  test("but not when there is nothing to search for, however short its time", async () => {
    for (let run = 0; run < 10; run += 1) {
      const { suffix } = await solve(TOKEN, 0, { timeout: 1e-9 });
      expect(suffix).toMatch(SUFFIX);
    }
  });

  test("when its signal aborts, with the signal's reason", async () => {
    const controller = new AbortController();
    const searching = solve(TOKEN, UNSOLVABLE, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    expect(searching).rejects.toThrow("enough");
    await searching.catch(() => {});
  });

  test("and then reports its progress", async () => {
    const controller = new AbortController();
    const [seen, stopped]: [Progress[], Progress[]] = [[], []];
    await solve(TOKEN, UNSOLVABLE, {
      signal: controller.signal,
      onProgress(progress) {
        seen.push(progress);
        controller.abort(new Error("enough"));
      },
      onStopped: (progress) => stopped.push(progress),
    }).catch(() => {});

    expect(stopped).toHaveLength(1);
    expect(stopped[0]?.attempts).toBeGreaterThanOrEqual(seen[0]?.attempts ?? 0);
    expect(stopped[0]?.seconds).toBeGreaterThan(0);
  });

  test("when a callback throws, with the same exception", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const complain = () => {
      throw new Error("not with me");
    };

    await expect(solve(TOKEN, UNSOLVABLE, { onProgress: complain })).rejects.toThrow("not with me");

    const searching = solve(TOKEN, UNSOLVABLE, { signal, onStopped: complain });
    controller.abort(new Error("enough"));
    await expect(searching).rejects.toThrow("not with me");
  });

  test("before it begins, when its signal was aborted", async () => {
    const signal = AbortSignal.abort(new Error("before"));
    expect(solve(TOKEN, UNSOLVABLE, { signal })).rejects.toThrow("before");
  });

  test("between its call and its first candidate", async () => {
    const controller = new AbortController();
    const searching = solve(TOKEN, UNSOLVABLE, { signal: controller.signal });
    controller.abort(new Error("at once"));
    expect(searching).rejects.toThrow("at once");
    await searching.catch(() => {});
  });
});

test("progress only grows", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  await solve(TOKEN, UNSOLVABLE, {
    signal: controller.signal,
    onProgress({ attempts }) {
      seen.push(attempts);
      if (seen.filter((count) => count > 0).length === 3) {
        controller.abort();
      }
    },
  }).catch(() => {});
  expect(seen.length).toBeGreaterThanOrEqual(3);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

describe("an argument out of range is a usage fault", () => {
  const cases: Readonly<Record<string, readonly [string, number, SolveOptions?]>> = {
    "an empty token": ["", 1],
    "a token too long": ["t".repeat(129), 1],
    "a token of other characters": ["a b", 1],
    "negative bits": ["t", -1],
    "too many bits": ["t", 65],
    "half a bit": ["t", 0.5],
    "bits that are no number": ["t", Number.NaN],
    "no threads": ["t", 1, { threads: 0 }],
    "too many threads": ["t", 1, { threads: 1025 }],
    "a timeout of nothing": ["t", 1, { timeout: 0 }],
    "a timeout beyond all timers": ["t", 1, { timeout: 1e9 }],
    "a suffix limit too small": ["t", 1, { maxSuffix: 15 }],
    "a suffix limit too large": ["t", 1, { maxSuffix: 129 }],
    "shard 0": ["t", 1, { shard: { index: 0, count: 2 } }],
    "a shard beyond the last": ["t", 1, { shard: { index: 3, count: 2 } }],
    "too many shards": ["t", 1, { shard: { index: 1, count: 2 ** 32 } }],
    "a start beyond 64 bits": ["t", 1, { start: 2n ** 64n }],
    "an unknown kernel": ["t", 1, { kernel: "quantum" }],
  };
  for (const [name, args] of Object.entries(cases)) {
    test(name, async () => {
      expect((await rejectionOf(solve(...args))).family).toBe("usage");
    });
  }
});
