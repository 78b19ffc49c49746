/**
 * The rules of a client's lines, as data, in the order of the page.
 */
import { digestOf, toHex } from "../puzzle/digest.ts";
import { type AnswerRule, brokenByAnswer, keptByAnswer } from "./answer-rule.ts";
import type { Place } from "./rule.ts";
import { findSuffix, findWrongSuffix } from "./suffix.ts";

const HELLO_BACK = place("HELLO, HELLOBACK, exactly that");
const OK = place("DONE, OK, exactly that");
const SUFFIX = place("[A-Za-z0-9_-]{1,128} whose digest ends with n_bits zero bits.");
const OTHER_SUFFIX = place(
  "A peer's suffix of other printable characters, up to the line limit, is accepted too if its digest is right",
);
const NO_SUFFIX = place(
  "Not allowed are U+0000–U+0020 and U+007F, and an empty suffix, whatever n_bits",
);
const CHECKSUM = place(
  "checksum: 64 lower-case hex digits of SHA256(token + arg), compared in constant time;",
);
const ONE_SPACE = place("one space;");
const VALUE = place(
  "value: everything after that space, 1 character or more, may hold, begin or end with spaces, not all spaces",
);

const CHECKSUM_LENGTH = 64;
const MAX_SUFFIX_LENGTH = 999;

export const ANSWER_RULES: readonly AnswerRule[] = [
  brokenByAnswer(HELLO_BACK, "HELLO", "hello-word", "HELLO", () => "HELLO\n"),
  brokenByAnswer(HELLO_BACK, "HELLO", "hello-case", "helloback", () => "helloback\n"),
  brokenByAnswer(HELLO_BACK, "HELLO", "hello-empty", "an empty line", () => "\n"),
  ...spaced(HELLO_BACK, "HELLO", "hello"),

  brokenByAnswer(
    SUFFIX,
    "WORK",
    "wrong-suffix",
    "a suffix of too few zero bits",
    ({ token, bits }) => `${findWrongSuffix(token, bits)}\n`,
  ),
  brokenByAnswer(NO_SUFFIX, "WORK", "empty-suffix", "an empty suffix", () => "\n"),
  brokenByAnswer(
    NO_SUFFIX,
    "WORK",
    "suffix-space",
    "a suffix that holds a space, with the right digest",
    ({ token, bits }) => `${findSuffix(token, bits, "a ")}\n`,
  ),
  keptByAnswer(
    OTHER_SUFFIX,
    "WORK",
    "other-suffix",
    "a suffix of other printable characters",
    ({ token, bits }) => `${findSuffix(token, bits, "é+😀.")}\n`,
  ),
  keptByAnswer(
    OTHER_SUFFIX,
    "WORK",
    "long-suffix",
    "a suffix that fills its line",
    ({ token, bits }) => `${findSuffix(token, bits, "a", MAX_SUFFIX_LENGTH)}\n`,
  ),

  information(CHECKSUM, "no-checksum", "a value alone", (_, value) => value),
  information(
    CHECKSUM,
    "upper-case-checksum",
    "a checksum in upper case",
    (checksum, value) => `${checksum.toUpperCase()} ${value}`,
  ),
  information(
    CHECKSUM,
    "short-checksum",
    "a checksum of 63 digits",
    (checksum, value) => `${checksum.slice(1)} ${value}`,
  ),
  information(
    CHECKSUM,
    "long-checksum",
    "a checksum of 65 digits",
    (checksum, value) => `${checksum}0 ${value}`,
  ),
  information(
    CHECKSUM,
    "wrong-checksum",
    "the checksum of another text",
    (_, value) => `${toHex(digestOf("another", "text"))} ${value}`,
  ),
  information(
    CHECKSUM,
    "last-digit",
    "a checksum whose last digit is wrong",
    (checksum, value) => `${withLastDigitWrong(checksum)} ${value}`,
  ),
  information(
    ONE_SPACE,
    "no-space",
    "no space before its value",
    (checksum, value) => `${checksum}:${value}`,
  ),
  information(VALUE, "no-value", "a checksum alone", (checksum) => checksum),
  information(VALUE, "empty-value", "an empty value", (checksum) => `${checksum} `),
  information(VALUE, "blank-value", "a value of spaces", (checksum) => `${checksum}    `),
  keptByAnswer(
    VALUE,
    "REQUEST",
    "spaces-in-value",
    "a value that begins and ends with a space",
    ({ answer }) => `${answer.replace(" ", "  ")} \n`,
  ),
  keptByAnswer(
    VALUE,
    "REQUEST",
    "short-value",
    "a value of one character",
    ({ answer }) => `${answer.slice(0, CHECKSUM_LENGTH)} v\n`,
  ),

  brokenByAnswer(OK, "DONE", "ok-word", "KO", () => "KO\n"),
  brokenByAnswer(OK, "DONE", "ok-case", "ok", () => "ok\n"),
  ...spaced(OK, "DONE", "ok"),
];

function place(quote: string): Place {
  return { section: "client-to-server", quote };
}

/** Declares the rules that a space more, or a word more, breaks. */
function spaced(rule: Place, at: "HELLO" | "DONE", name: string): readonly AnswerRule[] {
  const [leading, trailing, second] = ["leading-space", "trailing-space", "second-word"].map(
    (suffix) => `${name}-${suffix}`,
  ) as [string, string, string];
  return [
    brokenByAnswer(rule, at, leading, "a space before it", ({ answer }) => ` ${answer}\n`),
    brokenByAnswer(rule, at, trailing, "a space after it", ({ answer }) => `${answer} \n`),
    brokenByAnswer(rule, at, second, "a second word", ({ answer }) => `${answer} 1\n`),
  ];
}

/** Declares a rule that a wrong answer to a request breaks. */
function information(
  rule: Place,
  name: string,
  what: string,
  make: (checksum: string, value: string) => string,
): AnswerRule {
  return brokenByAnswer(rule, "REQUEST", name, what, ({ answer }) => {
    const value = answer.slice(CHECKSUM_LENGTH + 1);
    return `${make(answer.slice(0, CHECKSUM_LENGTH), value)}\n`;
  });
}

function withLastDigitWrong(checksum: string): string {
  return `${checksum.slice(0, -1)}${checksum.endsWith("0") ? "1" : "0"}`;
}
