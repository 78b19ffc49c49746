/**
 * Failures of the conversation: lines, messages, their order, time limits and refusals.
 */
import { define, type PeerText } from "../define.ts";
import { printable } from "../printable.ts";

export const CONVERSATION_SENTENCES = {
  lineTooLong: define<{ maxBytes: number }>(
    "protocol",
    ({ maxBytes }) => `line is longer than ${maxBytes} bytes`,
  ),
  lineNotUtf8: define("protocol", () => "line is not valid UTF-8"),
  controlCharacter: define<{ code: number }>("protocol", ({ code }) => {
    const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
    return code === 0x0d
      ? `line holds a carriage return (${name}); lines end with a line feed alone`
      : `line holds the control character ${name}`;
  }),
  severalLines: define("protocol", () => "several lines were sent without waiting for an answer"),
  unknownKeyword: define<{ keyword: PeerText }>(
    "protocol",
    ({ keyword }, { peer }) => `unknown keyword ${peer(keyword)}`,
  ),
  wordCount: define<{ keyword: string; words: number; form: string }>(
    "protocol",
    ({ keyword, words, form }) =>
      `${keyword} has ${words === 1 ? "1 word" : `${words} words`}, expected "${form}"`,
  ),
  badWord: define<{ name: "token" | "arg"; word: PeerText; maxLength: number }>(
    "protocol",
    ({ name, word, maxLength }, { peer }) =>
      `the ${name} ${peer(word)} is not 1 to ${maxLength} characters of A-Z a-z 0-9 _ -`,
  ),
  badBits: define<{ text: PeerText; max: number }>(
    "protocol",
    ({ text, max }, { peer }) => `n_bits ${peer(text)} is not a number from 0 to ${max}`,
  ),
  wrongAnswer: define<{ expected: string; line: PeerText }>(
    "protocol",
    ({ expected, line }, { peer }) => `expected ${expected}, got ${peer(line)}`,
  ),
  emptySuffix: define("protocol", () => "the suffix is empty, expected 1 character or more"),
  badSuffix: define<{ suffix: PeerText }>(
    "protocol",
    ({ suffix }, { peer }) => `the suffix ${peer(suffix)} holds a space or a control character`,
  ),
  badChecksum: define("protocol", () => "the checksum is not 64 lower-case hexadecimal digits"),
  emptyValue: define("protocol", () => "expected <checksum> <value>, got an empty value"),
  wrongChecksum: define<{ request: string }>(
    "protocol",
    ({ request }) => `the checksum for ${request} is not SHA256(token + arg)`,
  ),
  wrongSuffix: define<{ bits: number }>(
    "protocol",
    ({ bits }) => `SHA256(token + suffix) does not end with ${bits} zero bits`,
  ),
  outOfOrder: define<{
    message: string;
    allowed: readonly string[];
    sender: "peer" | "self";
  }>(
    ({ sender }) => (sender === "peer" ? "protocol" : "internal"),
    ({ message, allowed }) =>
      `${message} is out of order, expected ${allowed.join(" or ") || "nothing more"}`,
  ),
  /** A client sent bytes before the server sent its next line. */
  sentAhead: define<{ step: string }>(
    "protocol",
    ({ step }) => `bytes were sent ahead of ${step}; answer one line at a time`,
  ),
  /** A server sent its next line before it had the client's answer. */
  sentBefore: define<{ step: string; before: string }>(
    "protocol",
    ({ step, before }) => `${step} was sent before ${before}`,
  ),
  tooManyBits: define<{ bits: number; max: number }>(
    "protocol",
    ({ bits, max }) => `WORK asks for ${bits} bits, more than the ${max} allowed`,
  ),
  timedOut: define<{ step: string; seconds: number }>(
    "timeout",
    ({ step, seconds }) => `${step} took longer than ${seconds} s`,
  ),
  /** The server sent FAIL. */
  refusedByServer: define<{ reason: PeerText }>("refused", ({ reason }, { peer }) =>
    reason.reveal() === ""
      ? "the server refused without a reason"
      : `the server refused: ${peer(reason, printable)}`,
  ),
  /** We send FAIL. */
  refusedByUs: define<{ reason: string }>("refused", ({ reason }) => reason),
};
