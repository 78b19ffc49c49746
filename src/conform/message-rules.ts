/**
 * The rules of a server's lines, as data, in the order of the page.
 */
import { brokenByLine, type ClientRule, LINES } from "./client-rule.ts";
import type { Place } from "./rule.ts";

const ROWS = {
  hello: place("HELLO, opening, exactly 1 word"),
  work: place("WORK <token> <n_bits>, the puzzle, exactly 3 words"),
  request: place(
    "REQUEST is one of FULL_NAME EMAIL1 EMAIL2 SOCIAL BIRTHDATE COUNTRY ADDR_LINE1 ADDR_LINE2, exactly 2 words",
  ),
  done: place("DONE, all answered, exactly 1 word"),
  fail: place("refused; reason is free text, may be empty"),
  spaces: place("Words are separated by exactly one space; no leading or trailing space."),
  token: place("token: [A-Za-z0-9_-]{1,128}."),
  bits: place("n_bits: decimal, no sign, no leading zero, 0–64."),
  arg: place("arg: [A-Za-z0-9_-]{1,128};"),
};

const { HELLO, REQUEST, DONE } = LINES;

export const MESSAGE_RULES: readonly ClientRule[] = [
  brokenByLine(ROWS.hello, "HELLO", "hello-case", "hello\n"),
  brokenByLine(ROWS.hello, "HELLO", "hello-words", "HELLO you\n"),
  brokenByLine(ROWS.hello, "HELLO", "other-protocol", "220 mail ESMTP\n"),
  brokenByLine(ROWS.spaces, "HELLO", "leading-space", " HELLO\n"),
  brokenByLine(ROWS.spaces, "HELLO", "trailing-space", "HELLO \n"),
  brokenByLine(ROWS.spaces, "WORK", "two-spaces", "WORK  a-token_1 8\n"),
  brokenByLine(ROWS.work, "WORK", "no-bits", "WORK a-token_1\n"),
  brokenByLine(ROWS.work, "WORK", "work-words", "WORK a-token_1 8 9\n"),
  brokenByLine(ROWS.token, "WORK", "token-characters", "WORK a=token 8\n"),
  brokenByLine(ROWS.token, "WORK", "token-letters", "WORK tökén 8\n"),
  {
    ...brokenByLine(ROWS.token, "WORK", "long-token", `WORK ${"t".repeat(129)} 8\n`),
    act: "the server sends a token of 129 characters",
  },
  {
    ...ROWS.token,
    id: "client/longest-words",
    act: "the server sends a token and an arg of 128 characters",
    lines: [HELLO, `WORK ${"t".repeat(128)} 8`, `EMAIL1 ${"a".repeat(128)}`, DONE],
  },
  {
    ...ROWS.token,
    id: "client/shortest-words",
    act: "the server sends a token and an arg of one character",
    lines: [HELLO, "WORK - 8", "EMAIL1 _", DONE],
  },
  brokenByLine(ROWS.bits, "WORK", "65-bits", "WORK a-token_1 65\n"),
  brokenByLine(ROWS.bits, "WORK", "negative-bits", "WORK a-token_1 -1\n"),
  brokenByLine(ROWS.bits, "WORK", "bits-sign", "WORK a-token_1 +8\n"),
  brokenByLine(ROWS.bits, "WORK", "bits-leading-zero", "WORK a-token_1 08\n"),
  brokenByLine(ROWS.bits, "WORK", "bits-exponent", "WORK a-token_1 8e0\n"),
  brokenByLine(ROWS.bits, "WORK", "bits-fraction", "WORK a-token_1 8.0\n"),
  brokenByLine(ROWS.bits, "WORK", "bits-hexadecimal", "WORK a-token_1 0x8\n"),
  brokenByLine(ROWS.bits, "WORK", "bits-digits", "WORK a-token_1 ８\n"),
  {
    ...ROWS.bits,
    id: "client/0-bits",
    act: "the server sends a puzzle of 0 bits",
    lines: [HELLO, "WORK a-token_1 0", REQUEST, DONE],
  },
  brokenByLine(ROWS.request, "REQUEST", "other-request", "SHOE_SIZE an-arg_1\n"),
  brokenByLine(ROWS.request, "REQUEST", "request-case", "full_name an-arg_1\n"),
  brokenByLine(ROWS.request, "REQUEST", "no-arg", "FULL_NAME\n"),
  brokenByLine(ROWS.request, "REQUEST", "two-args", "FULL_NAME an arg\n"),
  brokenByLine(ROWS.arg, "REQUEST", "empty-arg", "FULL_NAME \n"),
  brokenByLine(ROWS.arg, "REQUEST", "arg-characters", "FULL_NAME an.arg\n"),
  {
    ...brokenByLine(ROWS.arg, "REQUEST", "long-arg", `FULL_NAME ${"a".repeat(129)}\n`),
    act: "the server sends an arg of 129 characters",
  },
  brokenByLine(ROWS.done, "DONE", "done-words", "DONE now\n"),
  brokenByLine(ROWS.fail, "HELLO", "fail-without-reason", "FAIL\n"),
  brokenByLine(ROWS.fail, "HELLO", "fail-with-empty-reason", "FAIL \n"),
];

function place(quote: string): Place {
  return { section: "server-to-client", quote };
}
