/**
 * Failures of the conversation: lines, messages, their order, time limits and refusals.
 */
import { define, type PeerText, protocol, refused, timeout } from "../define.ts";
import { printable } from "../printable.ts";

export const CONVERSATION_SENTENCES = {
  lineTooLong: protocol<{ maxBytes: number }>(
    ({ maxBytes }) => `line is longer than ${maxBytes} bytes`,
  ),
  lineNotUtf8: protocol(() => "line is not valid UTF-8"),
  controlCharacter: protocol<{ code: number }>(({ code }) => {
    const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
    return code === 0x0d
      ? `line holds a carriage return (${name}); lines end with a line feed alone`
      : `line holds the control character ${name}`;
  }),
  severalLines: protocol(() => "several lines were sent without waiting for an answer"),
  unknownKeyword: protocol<{ keyword: PeerText }>(
    ({ keyword }, { peer }) => `unknown keyword ${peer(keyword)}`,
  ),
  wordCount: protocol<{ keyword: string; words: number; form: string }>(
    ({ keyword, words, form }) =>
      `${keyword} has ${words === 1 ? "1 word" : `${words} words`}, expected "${form}"`,
  ),
  badWord: protocol<{ name: "token" | "arg"; word: PeerText; maxLength: number }>(
    ({ name, word, maxLength }, { peer }) =>
      `the ${name} ${peer(word)} is not 1 to ${maxLength} characters of A-Z a-z 0-9 _ -`,
  ),
  badBits: protocol<{ text: PeerText; max: number }>(
    ({ text, max }, { peer }) => `n_bits ${peer(text)} is not a number from 0 to ${max}`,
  ),
  wrongAnswer: protocol<{ expected: string; line: PeerText }>(
    ({ expected, line }, { peer }) => `expected ${expected}, got ${peer(line)}`,
  ),
  emptySuffix: protocol(() => "the suffix is empty, expected 1 character or more"),
  badSuffix: protocol<{ suffix: PeerText }>(
    ({ suffix }, { peer }) => `the suffix ${peer(suffix)} holds a space or a control character`,
  ),
  badChecksum: protocol(() => "the checksum is not 64 lower-case hexadecimal digits"),
  emptyValue: protocol(() => "expected <checksum> <value>, got an empty value"),
  wrongChecksum: protocol<{ request: string }>(
    ({ request }) => `the checksum for ${request} is not SHA256(token + arg)`,
  ),
  wrongSuffix: protocol<{ bits: number }>(
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
  sentAhead: protocol<{ step: string }>(
    ({ step }) => `bytes were sent ahead of ${step}; answer one line at a time`,
  ),
  /** A server sent its next line before it had the client's answer. */
  sentBefore: protocol<{ step: string; before: string }>(
    ({ step, before }) => `${step} was sent before ${before}`,
  ),
  tooManyBits: protocol<{ bits: number; max: number }>(
    ({ bits, max }) => `WORK asks for ${bits} bits, more than the ${max} allowed`,
  ),
  timedOut: timeout<{ step: string; seconds: number }>(
    ({ step, seconds }) => `${step} took longer than ${seconds} s`,
  ),
  /** The server sent FAIL. */
  refusedByServer: refused<{ reason: PeerText }>(({ reason }, { peer }) =>
    reason.reveal() === ""
      ? "the server refused without a reason"
      : `the server refused: ${peer(reason, printable)}`,
  ),
  /** We send FAIL. */
  refusedByUs: refused<{ reason: string }>(({ reason }) => reason),
};
