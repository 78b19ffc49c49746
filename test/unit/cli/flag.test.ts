import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  choiceFlag,
  environmentName,
  listFlag,
  readWhole,
  secondsFlag,
  switchFlag,
  textFlag,
  valueFlag,
  wholeFlag,
} from "../../../src/cli/flag.ts";
import { MAX_TIMEOUT } from "../../../src/deadline.ts";
import { faultOf, summary, throwsOnly } from "../../support/faults.ts";

const named = { name: "size", help: "how big", fallback: undefined };
const refusal = (action: () => unknown) => summary(faultOf(action));

describe("a whole number", () => {
  const size = wholeFlag({ ...named, placeholder: "N", least: 3, most: 50 });

  test("may be anything from one end of its range to the other", () => {
    expect(size.read(["3"], "size")).toBe(3);
    expect(size.read(["50"], "size")).toBe(50);
  });

  test("has no leading zeros, as on the wire", () => {
    expect(refusal(() => size.read(["007"], "size"))).toContain("whole number");
  });

  for (const text of [
    "2",
    "51",
    "",
    " 7",
    "7 ",
    "+7",
    "-7",
    "7.0",
    "7e0",
    "0x7",
    "٧",
    "7\n",
    "NaN",
  ]) {
    test(`is not ${JSON.stringify(text)}`, () => {
      expect(refusal(() => size.read([text], "size"))).toContain(
        "is not a whole number from 3 to 50",
      );
    });
  }

  test("is never so long that it is rounded", () => {
    expect(refusal(() => readWhole("9007199254740993", "size", 0, 2 ** 60))).toContain(
      "whole number",
    );
  });

  test("has no sign, not even -0", () => {
    expect(refusal(() => readWhole("-0", "size", 0, 9))).toContain("whole number");
    expect(refusal(() => readWhole("+0", "size", 0, 9))).toContain("whole number");
  });

  test("is read back from its own text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String)), (text) => {
        const right = /^[1-9]\d{0,14}$/.test(text) && Number(text) >= 3 && Number(text) <= 50;
        return right
          ? size.read([text], "size") === Number(text)
          : summary(faultOf(() => size.read([text], "size"))).startsWith("usage: ");
      }),
    );
  });
});

describe("seconds", () => {
  const limit = secondsFlag(named);

  test("may have fractions", () => {
    expect([
      limit.read(["0.25"], "size"),
      limit.read([".5"], "size"),
      limit.read(["10"], "size"),
    ]).toEqual([0.25, 0.5, 10]);
  });

  test("go up to the longest timer, and not beyond", () => {
    expect(limit.read([String(MAX_TIMEOUT)], "size")).toBe(MAX_TIMEOUT);
    expect(refusal(() => limit.read([`${MAX_TIMEOUT}.1`], "size"))).toContain(
      "is not a number of seconds",
    );
  });

  for (const text of [
    "0",
    "0.0",
    "-1",
    "",
    "1.",
    ".",
    "1e3",
    "Infinity",
    "NaN",
    "1,5",
    "1s",
    " 1",
  ]) {
    test(`are not ${JSON.stringify(text)}`, () => {
      expect(refusal(() => limit.read([text], "size"))).toBe(
        `usage: size: ${JSON.stringify(text)} is not a number of seconds above 0 and at most ${MAX_TIMEOUT}`,
      );
    });
  }

  test("may be 0 only where that is declared", () => {
    const grace = secondsFlag({ ...named, zeroAllowed: true });
    expect(grace.read(["0"], "size")).toBe(0);
    expect(refusal(() => grace.read(["-0"], "size"))).toContain(`from 0 to ${MAX_TIMEOUT}`);
  });
});

describe("a switch", () => {
  const json = switchFlag({ name: "json", help: "one object" });

  test("is on for 1 and true, off for 0 and false", () => {
    expect(["1", "true", "0", "false"].map((text) => json.read([text], "size"))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  for (const text of ["", "yes", "TRUE", "2", "on", "false ", "null"]) {
    test(`is not ${JSON.stringify(text)}`, () => {
      expect(refusal(() => json.read([text], "size"))).toContain("is not 1, true, 0 or false");
    });
  }

  test("is off unless given, and takes no value", () => {
    expect([json.fallback, json.placeholder]).toEqual([false, undefined]);
  });
});

describe("a choice", () => {
  const level = choiceFlag({ name: "level", help: "", choices: ["low", "high"], fallback: "low" });

  test("is one of the words", () => {
    expect(level.read(["high"], "size")).toBe("high");
  });

  for (const text of ["", "High", "hi", "high ", "constructor", "0"]) {
    test(`is not ${JSON.stringify(text)}`, () => {
      expect(refusal(() => level.read([text], "size"))).toBe(
        `usage: size: ${JSON.stringify(text)} is not one of low, high`,
      );
    });
  }

  test("shows its words as the value, and its default", () => {
    expect([level.placeholder, level.shownDefault]).toEqual(["low|high", "low"]);
  });
});

describe("a text", () => {
  const dir = textFlag({ ...named, placeholder: "FOLDER" });

  test("is taken as it is", () => {
    expect(dir.read([" Zoë's\n"], "size")).toBe(" Zoë's\n");
  });

  test("is never empty", () => {
    expect(refusal(() => dir.read([""], "size"))).toBe('usage: size: "" is empty');
  });
});

describe("a list", () => {
  const pins = listFlag({ name: "pin", help: "", placeholder: "N" }, (text, setting) =>
    readWhole(text, setting, 1, 9),
  );

  test("has a value for each time that it was given, in order", () => {
    expect(pins.read(["3", "1", "3"], "size")).toEqual([3, 1, 3]);
  });

  test("has several values for one text where it has a separator", () => {
    const list = listFlag(
      { name: "n", help: "", placeholder: "N", separator: "," },
      (text, setting) => readWhole(text, setting, 1, 9),
    );

    expect(list.read(["3,1", "2"], "size")).toEqual([3, 1, 2]);
    expect(refusal(() => list.read(["3,"], "size"))).toContain('""');
  });

  test("is empty when it was not given", () => {
    expect([pins.repeatable, pins.fallback]).toEqual([true, []]);
  });

  test("is refused for one bad value among good ones", () => {
    expect(refusal(() => pins.read(["3", "x", "1"], "size"))).toContain(
      '"x" is not a whole number',
    );
  });
});

describe("a declaration", () => {
  test("shows its default if that is a text or a number", () => {
    const shown = (fallback: unknown) =>
      valueFlag({ ...named, fallback, placeholder: "N" }, Number).shownDefault;
    expect([shown(7), shown("seven"), shown(undefined), shown(["a"])]).toEqual([
      "7",
      "seven",
      undefined,
      undefined,
    ]);
  });

  test("may show another default", () => {
    const flag = valueFlag({ ...named, placeholder: "N", shownDefault: "none" }, Number);
    expect(flag.shownDefault).toBe("none");
  });

  test("allows one value, has no aliases and is under Options by default", () => {
    const flag = textFlag({ ...named, placeholder: "X" });
    expect([flag.repeatable, flag.aliases, flag.group]).toEqual([false, [], "Options"]);
    expect(textFlag({ ...named, placeholder: "X", group: "Trust" }).group).toBe("Trust");
  });

  test("has a variable in upper case with underscores", () => {
    expect(environmentName("work-timeout")).toBe("TLSLP_WORK_TIMEOUT");
    expect(environmentName("n_bits")).toBe("TLSLP_N_BITS");
    expect(environmentName("a-b-c")).toBe("TLSLP_A_B_C");
  });
});

test("a bad value is shown escaped and shortened, never as it is", () => {
  const size = wholeFlag({ ...named, placeholder: "N", least: 0, most: 1 });
  expect(refusal(() => size.read(["\u001b[2J\n"], "size"))).toContain('"\\u{1b}[2J\\u{a}"');
  expect(refusal(() => size.read(["x".repeat(5000)], "size")).length).toBeLessThan(120);
});

test("no text makes any kind of flag throw anything but a usage fault", () => {
  const flags = [
    wholeFlag({ ...named, placeholder: "N", least: 0, most: 9 }),
    secondsFlag(named),
    switchFlag(named),
    textFlag({ ...named, placeholder: "X" }),
    choiceFlag({ ...named, choices: ["a", "b"] }),
  ];
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) =>
      flags.every((flag) => throwsOnly("usage", () => flag.read([text], "size"))),
    ),
  );
});
