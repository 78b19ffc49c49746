import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { namesakes, nearest } from "../../../src/cli/nearest.ts";

const FLAGS = ["threads", "timeout", "kernel", "max-suffix", "shard", "json", "quiet", "log-level"];

describe("the nearest name", () => {
  const slips = {
    "a letter too few": ["thread", "threads"],
    "a letter too many": ["threadss", "threads"],
    "another letter": ["shart", "shard"],
    "two neighbours swapped": ["jsno", "json"],
    "another case in one letter": ["Quiet", "quiet"],
    "an underscore for a dash": ["max_suffix", "max-suffix"],
    "several of them": ["tiemouts", "timeout"],
    "two separate swaps": ["olg-leevl", "log-level"],
  } as const;
  for (const [slip, [typed, meant]] of Object.entries(slips)) {
    test(`is found after ${slip}`, () => {
      expect(nearest(typed, FLAGS)).toBe(meant);
    });
  }

  test("may be the plural of the given word", () => {
    expect(nearest("prot", ["host", "ports"])).toBe("ports");
    expect(nearest("caret", ["carets", "caret"])).toBe("caret");
  });

  test("is the one with the fewest edits, not the first that is near enough", () => {
    expect(nearest("caret", ["care", "cared", "carets", "caret"])).toBe("caret");
    expect(nearest("serve", ["solve", "server"])).toBe("server");
  });

  test("is the first of two that are equally near", () => {
    expect(nearest("bat", ["cat", "hat"])).toBe("cat");
  });

  for (const text of ["", "x", "frobnicate", "zzzzzzz", "help me", "\u0000"]) {
    test(`is undefined for ${JSON.stringify(text)}, which is no slip`, () => {
      expect(nearest(text, FLAGS)).toBeUndefined();
    });
  }

  test("is undefined without candidates", () => {
    expect(nearest("threads", [])).toBeUndefined();
  });

  test("is undefined for a text that is far longer than any name", () => {
    expect(nearest("x".repeat(200), FLAGS)).toBeUndefined();
    expect(nearest(`threads${"x".repeat(200)}`, FLAGS)).toBeUndefined();
  });
});

test("a swap of neighbours is one edit, not two", () => {
  // A text of three letters may differ by one edit only.
  expect(nearest("acb", ["abc"])).toBe("abc");
  expect(nearest("acd", ["abc"])).toBeUndefined();
});

test("every name is the nearest to itself", () => {
  for (const flag of FLAGS) {
    expect(nearest(flag, FLAGS)).toBe(flag);
  }
});

test("one deletion from a name of four letters or more still leads to a name", () => {
  fc.assert(
    fc.property(fc.constantFrom(...FLAGS), fc.nat(), (flag, at) => {
      const cut = at % flag.length;
      return nearest(flag.slice(0, cut) + flag.slice(cut + 1), [flag]) === flag;
    }),
  );
});

test("the nearest name to any text is a candidate or undefined, and is found at once", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 5000 }), (text) => {
      const name = nearest(text, FLAGS);
      return name === undefined || FLAGS.includes(name);
    }),
  );
});

describe("namesakes", () => {
  const names = ["work-timeout", "other-timeout", "time", "timeouts", "a-timeout", "b-timeout"];

  test("have the name as one of their words, three at most", () => {
    expect(namesakes("timeout", names)).toEqual(["work-timeout", "other-timeout", "a-timeout"]);
  });

  test("are none for half a word, or for an empty text", () => {
    expect(namesakes("out", names)).toEqual([]);
    expect(namesakes("", names)).toEqual([]);
  });
});
