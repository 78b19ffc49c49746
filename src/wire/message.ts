/**
 * The meaning of lines: text in, messages out, and back. A message that exists is valid: words have
 * the right characters and length, numbers are in range. The rules of the language live here:
 *
 *   server → client   HELLO | WORK <token> <n_bits> | <REQUEST> <arg> | DONE | FAIL <reason>
 *   client → server   HELLOBACK | <suffix> | <checksum> <value> | OK
 *
 * Words are separated by exactly one space. Every parse function throws a protocol fault for text
 * that breaks a rule, and nothing else. This file does not know which side it serves.
 */
import { PeerText } from "../fault/define.ts";
import { Fault } from "../fault/fault.ts";
import { MAX_LINE_LENGTH } from "./line.ts";

/** The information that a server may ask for, in the order in which it asks by default. */
export const REQUESTS = [
  "FULL_NAME",
  "EMAIL1",
  "EMAIL2",
  "SOCIAL",
  "BIRTHDATE",
  "COUNTRY",
  "ADDR_LINE1",
  "ADDR_LINE2",
] as const;
/** The name of a request: what a server may ask for. */
export type RequestName = (typeof REQUESTS)[number];

/** The most zero bits that a puzzle may ask for. */
export const MAX_BITS = 64;
/** The most characters of a token, an arg or a suffix that this program sends. */
export const MAX_WORD_LENGTH = 128;

/** Hexadecimal digits. */
const CHECKSUM_LENGTH = 64;
/** The most bytes of a value: its line also holds a checksum, a space and the `\n`. */
export const MAX_VALUE_LENGTH = MAX_LINE_LENGTH - CHECKSUM_LENGTH - " \n".length;

const WORD = /^[A-Za-z0-9_-]{1,128}$/;
const BITS = /^(?:0|[1-9][0-9]?)$/;
const CHECKSUM = /^[0-9a-f]{64}(?: |$)/;
const SUFFIX_BREAKER = /[\u0000-\u0020\u007f]/;
const ALL_SPACES = /^ *$/;
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

declare const wordBrand: unique symbol;
/** 1 to 128 characters of `A–Z a–z 0–9 _ -`: a token or an arg. */
export type Word = string & { readonly [wordBrand]: true };

declare const bitsBrand: unique symbol;
/** A whole number of zero bits, 0 to `MAX_BITS`. */
export type Bits = number & { readonly [bitsBrand]: true };

/** A message of the server, by its keyword; all requests have the type "REQUEST". */
export type ServerMessage =
  /** Begins the session. */
  | { readonly type: "HELLO" }
  /** The puzzle. */
  | { readonly type: "WORK"; readonly token: Word; readonly bits: Bits }
  /** A question; the arg goes into the checksum of its answer. */
  | { readonly type: "REQUEST"; readonly request: RequestName; readonly arg: Word }
  /** Ends the session: all answers were right. */
  | { readonly type: "DONE" }
  /** Ends the session early; the reason may be empty. */
  | { readonly type: "FAIL"; readonly reason: string };

/** A client's answer to a request. */
export interface Information {
  /** SHA256(token + arg), 64 lower-case hexadecimal digits. */
  readonly checksum: string;
  /** The answer itself, not empty. */
  readonly value: string;
}

/** Whether a text can be a token or an arg. */
export function isWord(text: string): text is Word {
  return WORD.test(text);
}

/** Whether a number can be the bits of a puzzle. */
export function isBits(value: number): value is Bits {
  return Number.isInteger(value) && value >= 0 && value <= MAX_BITS;
}

/** Whether a server may ask for this. */
export function isRequestName(text: string): text is RequestName {
  return (REQUESTS as readonly string[]).includes(text);
}

/**
 * Returns the rule that a text breaks as the value of an answer, such as "must not be empty or all
 * spaces"; undefined for a value that a client can send.
 */
export function valueProblem(text: string): string | undefined {
  if (ALL_SPACES.test(text)) {
    return "must not be empty or all spaces";
  }
  if (CONTROL_CHARACTER.test(text)) {
    return "must not hold control characters";
  }
  if (!text.isWellFormed()) {
    return "must be valid Unicode";
  }
  return Buffer.byteLength(text) > MAX_VALUE_LENGTH
    ? `must not be longer than ${MAX_VALUE_LENGTH} bytes`
    : undefined;
}

/** Parses a line of the server, given without its `\n`. */
export function parseServerMessage(line: string): ServerMessage {
  const words = line.split(" ");
  const [keyword = ""] = words;
  if (keyword === "FAIL") {
    return { type: "FAIL", reason: line.slice("FAIL ".length) };
  }
  if (keyword === "HELLO" || keyword === "DONE") {
    expectArity(keyword, words, keyword);
    return { type: keyword };
  }
  if (keyword === "WORK") {
    expectArity(keyword, words, "WORK <token> <n_bits>");
    return { type: "WORK", token: parseWord("token", words[1]), bits: parseBits(words[2]) };
  }
  if (isRequestName(keyword)) {
    expectArity(keyword, words, `${keyword} <arg>`);
    return { type: "REQUEST", request: keyword, arg: parseWord("arg", words[1]) };
  }
  throw new Fault("unknownKeyword", { keyword: new PeerText(keyword) });
}

/** Returns the line of a server's message, without its `\n`. */
export function formatServerMessage(message: ServerMessage): string {
  switch (message.type) {
    case "HELLO":
    case "DONE":
      return message.type;
    case "WORK":
      return `WORK ${message.token} ${message.bits}`;
    case "REQUEST":
      return `${message.request} ${message.arg}`;
    case "FAIL":
      return message.reason === "" ? "FAIL" : `FAIL ${message.reason}`;
  }
}

/** Throws unless an answer has its only correct form. */
export function parseFixedAnswer(line: string, expected: "HELLOBACK" | "OK"): void {
  if (line !== expected) {
    throw new Fault("wrongAnswer", { expected, line: new PeerText(line) });
  }
}

/**
 * Returns the suffix in an answer to WORK. For interoperability it may have any characters except
 * spaces and controls. The caller checks whether it solves the puzzle.
 */
export function parseSuffix(line: string): string {
  if (line === "") {
    throw new Fault("emptySuffix", {});
  }
  if (SUFFIX_BREAKER.test(line)) {
    throw new Fault("badSuffix", { suffix: new PeerText(line) });
  }
  return line;
}

/** Parses an answer to a request. The caller checks whether the checksum is right. */
export function parseInformation(line: string): Information {
  if (!CHECKSUM.test(line)) {
    throw new Fault("badChecksum", {});
  }
  const value = line.slice(CHECKSUM_LENGTH + 1);
  // The other rules of a value are those of a line, which was decoded.
  if (ALL_SPACES.test(value)) {
    throw new Fault("emptyValue", {});
  }
  return { checksum: line.slice(0, CHECKSUM_LENGTH), value };
}

/** Returns the line of an answer to a request, without its `\n`. */
export function formatInformation({ checksum, value }: Information): string {
  return `${checksum} ${value}`;
}

function expectArity(keyword: string, words: readonly string[], form: string): void {
  const arity = form.split(" ").length;
  if (words.length !== arity) {
    throw new Fault("wordCount", { keyword, words: words.length, form });
  }
}

function parseWord(name: "token" | "arg", text = ""): Word {
  if (!isWord(text)) {
    throw new Fault("badWord", { name, word: new PeerText(text), maxLength: MAX_WORD_LENGTH });
  }
  return text;
}

function parseBits(text = ""): Bits {
  const bits = BITS.test(text) ? Number(text) : Number.NaN;
  if (!isBits(bits)) {
    throw new Fault("badBits", { text: new PeerText(text), max: MAX_BITS });
  }
  return bits;
}
