import { describe, expect, test } from "bun:test";
import { toJsonSchema } from "@valibot/to-json-schema";
import { Ajv2020, type AnySchemaObject } from "ajv/dist/2020.js";
import fc from "fast-check";
import { plainQuestions } from "../../../src/intake/questions/questionnaire.ts";
import {
  checkedQuestions,
  parseQuestions,
  QUESTIONS_FILE,
  QUESTIONS_TEMPLATE,
  readQuestions,
} from "../../../src/intake/questions/questions.ts";
import { REQUESTS } from "../../../src/wire/message.ts";
import { faultOf } from "../../support/faults.ts";

/** Returns the rule that an answer to this question breaks. */
function broken(question: object, answer: string): string | undefined {
  const text = JSON.stringify([{ ask: "SOCIAL", ...question }]);
  return parseQuestions(text).brokenRule("SOCIAL", answer);
}

/** Returns the fault for a questions file, as text. */
function refusal(text: string): string {
  return faultOf(() => parseQuestions(text, { purpose: "questions", path: "q.json" })).message;
}

/** Answers that keep a check, and answers that break it. */
const CHECKS: Readonly<Record<string, { question: object; right: string[]; wrong: string[] }>> = {
  email: {
    question: { check: "email" },
    right: [
      "a@example.org",
      "o'brien+tag@mail.example.co.uk",
      "jürgen@münchen.example",
      "用户@例え.jp",
      "a_b-c.d@x-y.example",
    ],
    wrong: [
      "banana",
      "a@",
      "@example.org",
      "a@localhost",
      "a b@example.org",
      "a@example..org",
      "a@-x.org",
      ".a@example.org",
      "a..b@example.org",
      "a@1.2.3.4",
      "a@b@example.org",
      `${"a".repeat(250)}@example.org`,
      `${"ü".repeat(125)}@example.org`,
      "a\u202eb@example.org",
      "a@example.org ",
    ],
  },
  url: {
    question: { check: "url" },
    right: ["https://example.org", "http://example.org:8080/a?b=c#d", "https://例え.jp/路"],
    wrong: ["example.org", "ftp://example.org", "javascript:alert(1)", "https://", "https:// a.b"],
  },
  country: {
    question: { check: "country" },
    right: ["DE", "de", "DEU", "deu", "Germany", "gErMaNy", "Türkiye", "türkiye", "Czechia"],
    wrong: ["Nowhere", "D", "Deutschland", "DEUX", " DE"],
  },
  number: {
    question: { check: "number" },
    right: ["0", "42", "-3.5", "+7", "1e3", ".5"],
    wrong: ["", "banana", "1,5", "0x10", "NaN", "Infinity", "1.", "--1", "١٢"],
  },
  "a choice": {
    question: { check: { oneOf: ["S", "M", "größer"] } },
    right: ["S", "M", "größer"],
    wrong: ["s", "L", "S ", "M,S"],
  },
  "a date": {
    question: { check: "date" },
    right: ["2000-02-29", "1999-12-31", "0001-01-01"],
    wrong: ["1900-02-29", "2001-02-29", "2000-04-31", "2000-00-10", "2000-13-01", "99-12-31"],
  },
  "a date in another format": {
    question: { check: "date", format: "DD.MM.YYYY" },
    right: ["29.02.2000", "31.12.1999"],
    wrong: ["30.02.2000", "1.1.2000", "31/12/1999", "31.12.99", "aa.bb.cccc", "٠١.٠١.٢٠٠٠"],
  },
  "a pattern": {
    question: { pattern: "^@[a-z0-9_]{1,30}$" },
    right: ["@ada", "@a_1"],
    wrong: ["ada", "@", "@Ada", "@ada\u202e"],
  },
  "a pattern without anchors": {
    question: { pattern: "[0-9]" },
    right: ["room 5", "5"],
    wrong: ["room five"],
  },
};

describe.each(Object.entries(CHECKS))("%s", (_name, { question, right, wrong }) => {
  test.each(right)("may be %j", (answer) => {
    expect(broken(question, answer)).toBeUndefined();
  });

  test.each(wrong)("cannot be %j", (answer) => {
    expect(broken(question, answer)).toStartWith("must ");
  });
});

describe("a length", () => {
  test("is counted in code points, as people count characters", () => {
    const question = { minLength: 3, maxLength: 3 };
    expect(broken(question, "😀😀😀")).toBeUndefined();
    expect(broken(question, "😀😀")).toBe("must have 3 characters or more");
    expect(broken(question, "😀😀😀😀")).toBe("must have 3 characters at most");
  });

  test("of one character is in the singular", () => {
    expect(broken({ maxLength: 1 }, "ab")).toBe("must have 1 character at most");
  });
});

describe("an answer that is not required", () => {
  const question = { required: false, check: "email", maxLength: 30, minLength: 10 };

  test.each(["N/A", "n/a", "a.name@example.org"])("may be %s", (answer) => {
    expect(broken(question, answer)).toBeUndefined();
  });

  test("is refused with a rule that names N/A", () => {
    expect(broken(question, "banana and more")).toEndWith("such as name@example.org, or N/A");
  });

  test("is the only kind that may be N/A", () => {
    expect(broken({ check: "email" }, "N/A")).toBeDefined();
  });
});

test("no rule repeats the answer", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(CHECKS)),
      fc.string({ minLength: 12, unit: "binary" }),
      ({ question }, answer) => {
        expect(broken(question, answer) ?? "").not.toContain(answer);
      },
    ),
    { numRuns: 40 },
  );
});

test.each(["(a+)+$", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$"])(
  "%s is matched in linear time",
  (pattern) => {
    const begun = performance.now();
    broken({ pattern }, `${"ax".repeat(460)}!`);
    expect(performance.now() - begun).toBeLessThan(20_000);
  },
);

describe("without a file", () => {
  test("the protocol's eight are asked, and every answer is valid", () => {
    const { requests, brokenRule } = plainQuestions();
    expect(requests).toEqual(REQUESTS);
    expect(brokenRule("BIRTHDATE", "banana")).toBeUndefined();
  });

  test("the usual rules can be chosen", () => {
    const { requests, brokenRule } = checkedQuestions();
    expect(requests).toEqual(REQUESTS);
    expect(brokenRule("EMAIL1", "banana")).toBeDefined();
    expect(brokenRule("EMAIL2", "banana")).toBeDefined();
    expect(brokenRule("COUNTRY", "banana")).toBeDefined();
    expect(brokenRule("BIRTHDATE", "31.12.1999")).toBeUndefined();
    expect(brokenRule("BIRTHDATE", "1999-12-31")).toBeUndefined();
    expect(brokenRule("BIRTHDATE", "banana")).toBe(
      "must be a day that exists, as DD.MM.YYYY (such as 31.12.1999) or YYYY-MM-DD (such as 1999-12-31)",
    );
    expect(brokenRule("FULL_NAME", "banana")).toBeUndefined();
  });
});

describe("a questions file", () => {
  test("asks in its order", () => {
    const { requests } = parseQuestions('[{ "ask": "COUNTRY" }, { "ask": "EMAIL1" }]');
    expect(requests).toEqual(["COUNTRY", "EMAIL1"]);
  });

  test("can be begun with the template", () => {
    expect(parseQuestions(QUESTIONS_TEMPLATE).requests).toEqual(REQUESTS);
  });

  test("that does not exist is named", () => {
    expect(faultOf(() => readQuestions("/nowhere/q.json")).message).toBe(
      "the questions file /nowhere/q.json does not exist",
    );
  });

  const WRONG: Readonly<Record<string, readonly [text: string, refusal: string]>> = {
    "an unknown key": [
      '[\n{ "ask": "EMAIL1",\n"chek": "email" }]',
      "3: chek is not a key of a question",
    ],
    "no ask": ['[\n{ "check": "email" }]', "2: ask is missing"],
    "an unknown request": [
      '[\n{ "ask": "SHOE_SIZE" }]',
      `2: ask must be one of ${REQUESTS.join(", ")}`,
    ],
    "a request twice": [
      '[{ "ask": "EMAIL1" },\n{ "check": "email",\n"ask": "EMAIL1" }]',
      "3: ask must not be EMAIL1 twice",
    ],
    "an unknown check": [
      '[{ "ask": "EMAIL1",\n\n"check": "mail" }]',
      '3: check must be one of text, email, url, date, country, number, or { "oneOf": ["…"] }',
    ],
    "no choice": [
      '[{ "ask": "EMAIL1", "check": { "oneOf": [] } }]',
      '1: check must be one of text, email, url, date, country, number, or { "oneOf": ["…"] }',
    ],
    "a choice that is longer than an answer": [
      `[{ "ask": "EMAIL1", "check": { "oneOf": ["S",\n"${"ä".repeat(468)}"] } }]`,
      "2: oneOf has a choice that is no right answer: it must not be longer than 934 bytes",
    ],
    "a choice that is half a character": [
      '[{ "ask": "EMAIL1", "check": { "oneOf": ["\\ud83d"] } }]',
      "1: oneOf has a choice that is no right answer: it must be valid Unicode",
    ],
    "a choice of spaces": [
      '[{ "ask": "EMAIL1", "check": { "oneOf": ["S", "  "] } }]',
      "1: oneOf has a choice that is no right answer: it must not be empty or all spaces",
    ],
    "a choice that is too short": [
      '[{ "ask": "EMAIL1", "minLength": 5, "check": { "oneOf": ["Large",\n"Mid"] } }]',
      "2: oneOf has a choice that is no right answer: it must have 5 characters or more",
    ],
    "a choice that the pattern does not match": [
      '[{ "ask": "EMAIL1", "pattern": "^[a-z]$", "check": { "oneOf": ["s", "M"] } }]',
      "1: oneOf has a choice that is no right answer: it must match ^[a-z]$",
    ],
    "a format of something else": [
      '[{ "ask": "BIRTHDATE",\n"format": "DD.MM.YYYY" }]',
      '2: format is only for "check": "date"',
    ],
    "a format without a year": [
      '[{ "ask": "BIRTHDATE", "check": "date",\n"format": "DD.MM.YY" }]',
      "2: format must have YYYY, MM and DD once each, and separators between them",
    ],
    "a length of nothing": [
      '[{ "ask": "EMAIL1",\n"maxLength": 0 }]',
      "2: maxLength must be a whole number from 1 to 934",
    ],
    "lengths that no answer has": [
      '[{ "ask": "EMAIL1",\n"minLength": 5,\n"maxLength": 4 }]',
      "2: minLength must not be above maxLength",
    ],
    "a pattern that RE2 lacks": [
      '[{ "ask": "EMAIL1",\n"pattern": "(a)\\\\1" }]',
      "2: pattern must be a pattern in RE2 syntax, such as ^[a-z]+$",
    ],
    "a word for a switch": [
      '[{ "ask": "EMAIL1",\n"required": "no" }]',
      "2: required must be true or false",
    ],
    "a key twice": [
      '[{ "ask": "EMAIL1",\n"ask": "EMAIL2" }]',
      '2, column 1: the key "ask" is there twice',
    ],
    "no list": ['\n{ "ask": "EMAIL1" }', "2: must be a list of at least one question"],
    "an empty list": ["[]", "1: must be a list of at least one question"],
    "a text for a question": [
      '[\n"EMAIL1"]',
      '2: must be an object, such as { "ask": "FULL_NAME" }',
    ],
    "a missing comma": [
      '[{ "ask": "EMAIL1" }\n{ "ask": "EMAIL2" }]',
      '2, column 1: not JSON, expected ","',
    ],
    "a comment": [
      '[ // all\n{ "ask": "EMAIL1" }]',
      "1, column 3: not JSON, comments are not allowed",
    ],
    nothing: ["", "1, column 1: not JSON, expected a value"],
  };

  test.each(Object.entries(WRONG))(
    "with %s is refused by line, key and rule",
    (_name, [text, wanted]) => {
      expect(refusal(text)).toBe(`the questions file q.json, line ${wanted}`);
    },
  );

  test("has a JSON Schema that takes the template and refuses others", () => {
    const schema = toJsonSchema(QUESTIONS_FILE, {
      target: "draft-2020-12",
      errorMode: "ignore",
    });
    const validate = new Ajv2020().compile(schema as AnySchemaObject);
    expect(validate(JSON.parse(QUESTIONS_TEMPLATE))).toBe(true);
    expect(validate([{ ask: "SHOE_SIZE" }])).toBe(false);
    expect(validate([{ ask: "EMAIL1", maxLength: 0 }])).toBe(false);
    expect(validate([])).toBe(false);
  });
});
