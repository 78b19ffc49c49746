/**
 * A test oracle: a second, plain implementation of the protocol page, with which ours is compared.
 * It judges streams of bytes. A turn is the input that one side sends before it waits for the
 * other.
 */
import { isUtf8 } from "node:buffer";
import { sha256 } from "./hostile-peer.ts";

/**
 * The outcome that the protocol demands. "waiting": nothing wrong so far, but the line has no end
 * yet; "ahead": a correct line, followed by the beginning of another.
 */
export type Judgement = "ok" | "protocol" | "refused" | "waiting" | "ahead";

export interface Question {
  readonly keyword: string;
  readonly token: string;
  readonly arg: string;
  readonly bits: number;
}

type Line = { readonly text: string; readonly rest: Buffer } | "invalid" | "unfinished";

function takeLine(bytes: Buffer): Line {
  const end = bytes.indexOf(0x0a);
  if (end < 0) {
    return bytes.length > 1000 ? "invalid" : "unfinished";
  }
  const line = bytes.subarray(0, end);
  const text = line.toString();
  return end + 1 > 1000 || !isUtf8(line) || /[\0-\x1f\x7f]/.test(text)
    ? "invalid"
    : { text, rest: bytes.subarray(end + 1) };
}

/** Returns the outcome for a client that sends these bytes; "ok": the session goes on. */
export function judgeAnswer(bytes: Buffer, question: Question): Judgement {
  const line = takeLine(bytes);
  if (line === "unfinished") {
    return "waiting";
  }
  if (line === "invalid" || !isRight(line.text, question)) {
    return "protocol";
  }
  if (line.rest.length === 0 || question.keyword === "DONE") {
    return "ok";
  }
  return takeLine(line.rest) === "unfinished" ? "ahead" : "protocol";
}

function isRight(answer: string, { keyword, token, arg, bits }: Question): boolean {
  switch (keyword) {
    case "HELLO":
      return answer === "HELLOBACK";
    case "WORK":
      return /^[^\0- \x7f]+$/.test(answer) && endsWithZeroBits(sha256(token + answer), bits);
    case "DONE":
      return answer === "OK";
    default:
      return answer.startsWith(`${sha256(token + arg)} `) && /[^ ]/.test(answer.slice(65));
  }
}

function endsWithZeroBits(digest: string, bits: number): boolean {
  return BigInt(`0x${digest}`) % (1n << BigInt(bits)) === 0n;
}

const WORD = "[A-Za-z0-9_-]{1,128}";
const WORK = new RegExp(`^WORK ${WORD} (0|[1-9][0-9]?)$`);
const REQUEST = new RegExp(
  `^(FULL_NAME|EMAIL[12]|SOCIAL|BIRTHDATE|COUNTRY|ADDR_LINE[12]) ${WORD}$`,
);

/**
 * Returns the outcome for a server that sends these turns, and the number of turns that our client
 * answers; "waiting": the client expects more.
 */
export function judgeServer(
  turns: readonly Buffer[],
  maxBits: number,
): { readonly judgement: Judgement; readonly answers: number } {
  let pending = Buffer.alloc(0);
  let next: Next = "HELLO";
  for (const [answers, turn] of turns.entries()) {
    const line = takeLine(Buffer.concat([pending, turn]));
    const judgement = judgeLine(line, pending.length > 0, next, maxBits);
    if (typeof line === "string" || judgement !== "ok") {
      return { judgement, answers };
    }
    if (line.text === "DONE") {
      // A line that has begun after it is received before the last answer.
      return line.rest.length === 0
        ? { judgement, answers: answers + 1 }
        : { judgement: "waiting", answers };
    }
    next = next === "HELLO" ? "WORK" : "REQUEST";
    pending = Buffer.from(line.rest);
  }
  return { judgement: "waiting", answers: turns.length };
}

type Next = "HELLO" | "WORK" | "REQUEST";

/** Returns the outcome for one line; "ok": the client answers it. */
function judgeLine(line: Line, isEarly: boolean, next: Next, maxBits: number): Judgement {
  if (typeof line === "string") {
    return line === "unfinished" ? "waiting" : "protocol";
  }
  if (isFail(line)) {
    return "refused";
  }
  if (isEarly || !mayCome(line.text, next, maxBits)) {
    return "protocol";
  }
  const ahead = takeLine(line.rest);
  if (ahead === "unfinished") {
    return "ok";
  }
  return isFail(ahead) ? "refused" : "protocol";
}

function isFail(line: Line): boolean {
  return typeof line !== "string" && /^FAIL( |$)/.test(line.text);
}

function mayCome(text: string, next: Next, maxBits: number): boolean {
  switch (next) {
    case "HELLO":
      return text === "HELLO";
    case "WORK":
      return Number(WORK.exec(text)?.[1] ?? Number.POSITIVE_INFINITY) <= Math.min(64, maxBits);
    case "REQUEST":
      return text === "DONE" || REQUEST.test(text);
  }
}
