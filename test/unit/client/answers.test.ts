import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { hintFor } from "../../../src/cli/hints.ts";
import { SAMPLE_ANSWERS } from "../../../src/client/answers.ts";
import { readAnswers } from "../../../src/client/check-answers.ts";
import { LIBRARY_VOICE } from "../../../src/fault/fault.ts";
import { MAX_LINE_LENGTH } from "../../../src/wire/line.ts";
import {
  formatInformation,
  MAX_VALUE_LENGTH,
  parseInformation,
  REQUESTS,
} from "../../../src/wire/message.ts";
import { faultOf, summary, throwsOnly } from "../../support/faults.ts";
import { makeFolder } from "../../support/processes.ts";

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const PATH = join(folder.path, "answers.json");

function answersFrom(content: unknown) {
  writeFileSync(PATH, typeof content === "string" ? content : JSON.stringify(content));
  return readAnswers(PATH);
}

function refusal(content: unknown): string {
  return summary(faultOf(() => answersFrom(content)));
}

const withCountry = (value: unknown) => ({ ...SAMPLE_ANSWERS, COUNTRY: value });

describe("a good answers file", () => {
  test("has a text for each of the eight requests", () => {
    expect(answersFrom(SAMPLE_ANSWERS)).toEqual(SAMPLE_ANSWERS);
  });

  test("may have them in any order, with any white space", () => {
    const reversed = Object.fromEntries(Object.entries(SAMPLE_ANSWERS).reverse());
    expect(answersFrom(`\r\n\t${JSON.stringify(reversed, null, 4)}\n\n`)).toEqual(SAMPLE_ANSWERS);
  });

  const values = {
    "spaces inside and at both ends": "  a  b  ",
    "one character": "a",
    "quotes and backslashes": "\"a\\b'",
    "characters of every plane": "Zoë Ω 名 😀",
    "a byte-order mark": "\ufeffa",
    "what would be a keyword": "FAIL because",
  };
  for (const [name, value] of Object.entries(values)) {
    test(`may hold ${name}, which stay as they are`, () => {
      expect(answersFrom(withCountry(value)).COUNTRY).toBe(value);
    });
  }

  test("may hold values up to what a line takes, counted in bytes", () => {
    expect(MAX_VALUE_LENGTH).toBe(934);
    expect(answersFrom(withCountry("x".repeat(934))).COUNTRY).toHaveLength(934);
    expect(answersFrom(withCountry("ä".repeat(467))).COUNTRY).toHaveLength(467);
  });
});

describe("a bad answers file", () => {
  const country = {
    "an empty text": ["", "must not be empty or all spaces"],
    "nothing but spaces": ["   ", "must not be empty or all spaces"],
    "a line break": ["a\nb", "must not hold control characters"],
    "a carriage return": ["a\r", "must not hold control characters"],
    "a tab": ["a\tb", "must not hold control characters"],
    "a NUL": ["\u0000a", "must not hold control characters"],
    "an escape": ["\u001b[2J", "must not hold control characters"],
    "a DEL": ["a\u007f", "must not hold control characters"],
    "half a character": ["a\ud83d", "must be valid Unicode"],
    "too many bytes": ["x".repeat(935), "must not be longer than 934 bytes"],
    "too many bytes in few characters": ["ä".repeat(468), "must not be longer than 934 bytes"],
    "a number": [7, "must be a text"],
    "a yes": [true, "must be a text"],
    "a null": [null, "must be a text"],
    "a list": [["X"], "must be a text"],
    "an object": [{ name: "X" }, "must be a text"],
  } as const;
  for (const [name, [value, rule]] of Object.entries(country)) {
    test(`holds ${name}: the error names file, key and rule`, () => {
      expect(refusal(withCountry(value))).toBe(`usage: the answers file ${PATH}: COUNTRY ${rule}`);
    });
  }

  for (const request of REQUESTS) {
    test(`lacks ${request}`, () => {
      const { [request]: _, ...others } = SAMPLE_ANSWERS;
      expect(refusal(others)).toBe(`usage: the answers file ${PATH}: ${request} is missing`);
    });
  }

  for (const key of ["EMAIL3", "full_name", "FULL_NAME ", "", "__proto__", "toString"]) {
    test(`has the unknown key ${JSON.stringify(key)}`, () => {
      const text = JSON.stringify(SAMPLE_ANSWERS).replace("{", `{${JSON.stringify(key)}:"x",`);
      expect(refusal(text)).toBe(
        `usage: the answers file ${PATH}: unknown key ${JSON.stringify(key)}`,
      );
    });
  }

  test("has an unknown key that does not print: it is shown escaped", () => {
    expect(refusal({ ...SAMPLE_ANSWERS, "\u001b[2J": "x" })).toEndWith('unknown key "\\u{1b}[2J"');
  });

  const twice = {
    '{"a":1,"a":1}': "line 1, column 8",
    '{"a":"x",\n  "\\u0061":"y"}': "line 2, column 3",
    '{"b":{"a":1,\r\n"c":{},"a":2}}': "line 2, column 8",
  };
  for (const [text, place] of Object.entries(twice)) {
    test(`has a key twice: ${JSON.stringify(text)}`, () => {
      expect(refusal(text)).toBe(
        `usage: the answers file ${PATH}, ${place}: the key "a" is there twice`,
      );
    });
  }

  test("may have the same key in two objects, which is another mistake", () => {
    expect(refusal('{"a":{"a":1},"b":{"a":1}}')).toContain("is missing");
  });

  test("has no answers by a prototype in the text", () => {
    const { COUNTRY: _, ...others } = SAMPLE_ANSWERS;
    const text = JSON.stringify(others).replace("{", '{"__proto__":{"COUNTRY":"X"},');
    expect(refusal(text)).toStartWith("usage: ");
  });

  for (const text of ["null", "7", '"text"', "true"]) {
    test(`is ${text}, no object`, () => {
      expect(refusal(text)).toBe(`usage: the answers file ${PATH} is not a JSON object`);
    });
  }

  test("is a list, no object", () => {
    expect(refusal("[]")).toBe(`usage: the answers file ${PATH} is not a JSON object`);
  });

  const broken = {
    "": "line 1, column 1: not JSON, expected a value",
    "{": 'line 1, column 2: not JSON, expected "}"',
    "FULL_NAME=Z": "line 1, column 1: not JSON, an unknown word; texts are put in double quotes",
    '{\n  "COUNTRY": "X",\n}': "line 3, column 1: not JSON, expected a key in double quotes",
    '{\n  "COUNTRY": "X"\n  "SOCIAL": "Y"\n}': 'line 3, column 3: not JSON, expected ","',
    '{\n  "COUNTRY": "X':
      "line 2, column 14: not JSON, a text has no closing double quote on its line",
    "// x\n{}": "line 1, column 1: not JSON, comments are not allowed",
    "\u0000": "line 1, column 1: not JSON, an unknown word; texts are put in double quotes",
  };
  for (const [text, mistake] of Object.entries(broken)) {
    test(`is ${JSON.stringify(text)}, no JSON: the error names the place`, () => {
      expect(refusal(text)).toBe(`usage: the answers file ${PATH}, ${mistake}`);
    });
  }

  test("comes with a hint at the right form", () => {
    const hint = hintFor(
      faultOf(() => answersFrom({})),
      LIBRARY_VOICE,
    );
    expect(hint).toContain("a JSON object with a text for each of FULL_NAME, EMAIL1");
  });

  test("never has its values in the error: they are personal", () => {
    const fault = faultOf(() => answersFrom(withCountry("Nowhere\u0000land")));
    expect(`${fault.message} ${JSON.stringify(fault.facts)}`).not.toContain("Nowhere");
  });
});

describe("no answers file", () => {
  test("is one that does not exist", () => {
    const path = join(folder.path, "nowhere.json");
    expect(summary(faultOf(() => readAnswers(path)))).toBe(
      `usage: the answers file ${path} does not exist`,
    );
  });

  test("is a folder", () => {
    const path = join(folder.path, "folder");
    mkdirSync(path);
    expect(summary(faultOf(() => readAnswers(path)))).toStartWith(
      `usage: the answers file ${path} is `,
    );
  });
});

test("the built-in samples would be accepted from a file", () => {
  expect(answersFrom(SAMPLE_ANSWERS)).toEqual(SAMPLE_ANSWERS);
  expect(Object.keys(SAMPLE_ANSWERS)).toEqual([...REQUESTS]);
});

test("answers that are accepted fit on a line, and the server reads them back unchanged", () => {
  const checksum = "0".repeat(64);
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 1000 }), (value) => {
      if (!throwsOnly("usage", () => answersFrom(withCountry(value)))) {
        return false;
      }
      writeFileSync(PATH, JSON.stringify(withCountry(value)));
      try {
        readAnswers(PATH);
      } catch {
        return true;
      }
      const line = formatInformation({ checksum, value });
      return (
        Buffer.byteLength(`${line}\n`) <= MAX_LINE_LENGTH && parseInformation(line).value === value
      );
    }),
  );
});

test("JSON that the language's own parser refuses is refused, and at a place", () => {
  const text = fc.tuple(fc.json(), fc.nat(), fc.string({ unit: "binary", maxLength: 2 }));
  fc.assert(
    fc.property(text, ([json, at, insert]) => {
      const place = at % (json.length + 1);
      const damaged = `${json.slice(0, place)}${insert}${json.slice(place)}`;
      return isJson(damaged) !== /line \d+, column \d+: not JSON,/.test(refusal(damaged));
    }),
  );
});

test("nesting that is too deep is no JSON", () => {
  expect(refusal("[".repeat(500_000))).toBe(`usage: the answers file ${PATH}: not JSON`);
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test("no text of an answers file makes the check throw anything but a usage fault", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string({ unit: "binary" })), (text) =>
      throwsOnly("usage", () => answersFrom(text)),
    ),
  );
});

// https://github.com/nabla-c0d3/sslyze/issues/670
test("an answers file in UTF-16 has a hint of its own", () => {
  const path = join(folder.path, "utf-16.json");
  writeFileSync(path, Buffer.from("\ufeff{}", "utf16le"));

  const fault = faultOf(() => readAnswers(path));

  expect(fault.message).toEndWith("is not text in UTF-8");
  expect(hintFor(fault, LIBRARY_VOICE)).toStartWith("iconv -f UTF-16 -t UTF-8 ");
});
