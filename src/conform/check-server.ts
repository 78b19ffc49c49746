/**
 * A client that breaks the rules of the protocol, to test a server.
 */
import { SAMPLE_ANSWERS } from "../client/answers.ts";
import { findServer } from "../client/find-server.ts";
import { runSession } from "../client/session.ts";
import { toFault } from "../fault/fault.ts";
import { UNPRINTABLE } from "../fault/printable.ts";
import { digestOf, toHex } from "../puzzle/digest.ts";
import { solve } from "../search/solve.ts";
import { formatInformation, parseServerMessage, type ServerMessage } from "../wire/message.ts";
import type { AnswerRule, Asked } from "./answer-rule.ts";
import { tryInClear, tryOldTls } from "./handshakes.ts";
import { type Arrival, createPeer, describe, type Peer } from "./peer.ts";
import { broken, type HandshakeRule, HOLDS, Untried, type Verdict } from "./rule.ts";
import type { ServerRule } from "./server-rules.ts";
import type { ServerTarget } from "./target.ts";

type Question = Exclude<ServerMessage, { type: "FAIL" }>;

/** Bytes of the line `FAIL <reason>`, its `\n` included. */
const MAX_FAIL_LENGTH = 200;

/**
 * Holds a right session, with our own client; throws the fault that ended it.
 *
 * @throws {Fault} also of the server's own lines, where they break the protocol
 */
export async function holdRightSession(target: ServerTarget): Promise<void> {
  const report = await runSession({
    ...target,
    answers: SAMPLE_ANSWERS,
    observe: () => undefined,
    onObserverError: () => undefined,
  });
  if (report.fault !== undefined) {
    throw report.fault;
  }
}

/** Tries one rule. A rule that breaks something must leave the server fit for the next client. */
export async function tryServerRule(rule: ServerRule, target: ServerTarget): Promise<Verdict> {
  const verdict = await ("handshake" in rule
    ? tryHandshake(rule, target)
    : tryAnswer(rule, target));
  if (verdict.verdict !== "holds") {
    return verdict;
  }
  try {
    await holdRightSession(target);
    return HOLDS;
  } catch (thrown) {
    target.signal?.throwIfAborted();
    return broken(`the next client failed: ${toFault(thrown).message}`, "service as before");
  }
}

function tryHandshake({ handshake }: HandshakeRule, target: ServerTarget): Promise<Verdict> {
  return handshake === "TLS 1.1"
    ? tryOldTls(target)
    : tryInClear(target, handshake === "in clear" ? "HELLOBACK\n" : "");
}

async function tryAnswer(rule: AnswerRule, target: ServerTarget): Promise<Verdict> {
  const found = await findServer({ ...target, observe: () => undefined });
  if ("fault" in found) {
    target.signal?.throwIfAborted();
    throw new Untried(found.fault.message);
  }
  const peer = createPeer({ ...found.connected, signal: target.signal });
  try {
    const asked = await playUntil(rule.at, peer, target);
    const sending = peer.send(rule.send(asked), rule.manner);
    if (rule.manner !== "slowly") {
      await sending;
    }
    if (rule.ends) {
      peer.finish();
    }
    return await (rule.due === "service"
      ? serviceAfter(rule, asked.token, peer, target)
      : refusalAfter(rule, peer, target.timeouts.other));
  } finally {
    peer.close();
  }
}

/** Answers rightly up to a step, and returns the facts for its answer. */
async function playUntil(at: AnswerRule["at"], peer: Peer, target: ServerTarget): Promise<Asked> {
  let token = "";
  let bits = 0;
  while (at !== "start") {
    const message = await receiveMessage(peer, target.timeouts.other);
    if (message.type === "WORK") {
      ({ token, bits } = message);
    }
    const answer = await answerTo(message, token, target);
    if (message.type === at) {
      return { answer, token, bits };
    }
    if (message.type === "DONE") {
      throw new Untried("the server asks for no information");
    }
    await peer.send(`${answer}\n`);
  }
  return { answer: "", token, bits };
}

/** Receives the next message of a session that is right so far. */
async function receiveMessage(peer: Peer, seconds: number): Promise<Question> {
  const arrival = await peer.next(seconds);
  const message = messageIn(arrival);
  if (message === undefined || message.type === "FAIL") {
    throw new Untried(`before that came ${describe(arrival, seconds)}`);
  }
  return message;
}

/** Returns the message that arrived; undefined if that was none. */
function messageIn(arrival: Arrival): ServerMessage | undefined {
  try {
    return arrival.type === "line" ? parseServerMessage(arrival.line) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the right answer to a line of the server, without its `\n`. */
async function answerTo(
  message: Question,
  token: string,
  { search, maxBits, signal }: ServerTarget,
): Promise<string> {
  switch (message.type) {
    case "HELLO":
      return "HELLOBACK";
    case "WORK": {
      if (message.bits > maxBits) {
        throw new Untried(`the server asks for ${message.bits} bits, more than ${maxBits}`);
      }
      return (await solve(message.token, message.bits, { ...search, signal })).suffix;
    }
    case "REQUEST": {
      const checksum = toHex(digestOf(token, message.arg));
      return formatInformation({ checksum, value: SAMPLE_ANSWERS[message.request] });
    }
    case "DONE":
      return "OK";
  }
}

/** The session must go on to its end. */
async function serviceAfter(
  { at }: AnswerRule,
  token: string,
  peer: Peer,
  target: ServerTarget,
): Promise<Verdict> {
  const seconds = target.timeouts.other;
  let isDone = at === "DONE";
  while (!isDone) {
    const arrival = await peer.next(seconds);
    const message = messageIn(arrival);
    if (message === undefined || message.type === "FAIL") {
      return broken(describe(arrival, seconds), "the next line of the session");
    }
    await peer.send(`${await answerTo(message, token, target)}\n`);
    isDone = message.type === "DONE";
  }
  const arrival = await peer.next(seconds);
  return arrival.type === "close" ? HOLDS : broken(describe(arrival, seconds), "a close after OK");
}

/** The session must end, and no further line may be sent but FAIL. */
async function refusalAfter(rule: AnswerRule, peer: Peer, seconds: number): Promise<Verdict> {
  let arrival = await peer.next(seconds);
  // The client cannot tell which came first, its own line or HELLO.
  if (rule.at === "start" && arrival.type === "line" && arrival.line === "HELLO") {
    arrival = await peer.next(seconds);
  }
  const due = rule.due === "FAIL" ? "FAIL and a close" : "a close";
  if (arrival.type === "close" && rule.due === "close") {
    return HOLDS;
  }
  if (arrival.type !== "line" || messageIn(arrival)?.type !== "FAIL") {
    return broken(describe(arrival, seconds), due);
  }
  if (rule.checksReason && !isGoodFail(arrival.line)) {
    return broken(describe(arrival, seconds), "a printable FAIL of at most 200 bytes");
  }
  const last = await peer.next(seconds);
  return last.type === "close" ? HOLDS : broken(`FAIL, and then ${describe(last, seconds)}`, due);
}

/** Whether a FAIL has a reason that can be shown to a person. */
function isGoodFail(line: string): boolean {
  const length = Buffer.byteLength(`${line}\n`);
  return length <= MAX_FAIL_LENGTH && line.length > "FAIL ".length && line.search(UNPRINTABLE) < 0;
}
