/**
 * A server that breaks the rules of the protocol, to test a client.
 */
import { Fault, toFault } from "../fault/fault.ts";
import { quoted } from "../fault/printable.ts";
import { checksumMatches } from "../puzzle/checksum.ts";
import { isSolution } from "../puzzle/digest.ts";
import {
  parseFixedAnswer,
  parseInformation,
  parseServerMessage,
  parseSuffix,
  type ServerMessage,
} from "../wire/message.ts";
import {
  type ClientEnd,
  fillPlaces,
  type Places,
  type RunningClient,
  startClient,
} from "./client-command.ts";
import { type BreachRule, type ClientRule, type KeptRule, LINES } from "./client-rule.ts";
import { TLS_1_1 } from "./handshakes.ts";
import { HOST, type Listener, type ListenerTls, listenInClear, listenWithTls } from "./listener.ts";
import { describe, type Peer } from "./peer.ts";
import { broken, HOLDS, Untried, type Verdict } from "./rule.ts";

/** A client under test. */
export interface ClientTarget {
  /** Its program and arguments, with places such as `{port}`. */
  readonly command: readonly string[];
  readonly tls: ListenerTls;
  /** The files that its arguments may name. */
  readonly files: Omit<Places, "host" | "port">;
  /** The time limit of each step. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

const TLS_1_2 = { minVersion: 0x0303 };

const GIVING_UP = "an exit code other than 0";

/** Starts the client, and tries one rule. */
export async function tryClientRule(rule: ClientRule, target: ClientTarget): Promise<Verdict> {
  if ("handshake" in rule) {
    return rule.handshake === "TLS 1.1"
      ? tryOldTls(target)
      : tryInClear(rule.handshake === "in clear" ? "HELLO\n" : "", target);
  }
  using listener = listenWithTls(target.tls, TLS_1_2, target.signal);
  await using client = start(target, listener.port);
  const ended = client.ended(target.seconds);
  const peer = await Promise.race([listener.peer, ended]);
  if (typeof peer !== "object") {
    throw await unconnected(client, peer, target, listener);
  }
  try {
    return await ("lines" in rule
      ? keepRule(rule, peer, client, target)
      : breakRule(rule, peer, client, target));
  } finally {
    peer.close();
  }
}

function start({ command, files, signal }: ClientTarget, port: number): RunningClient {
  return startClient(fillPlaces(command, { ...files, host: HOST, port: `${port}` }), signal);
}

/** Holds a session in an unusual way that the page allows. */
async function keepRule(
  { lines, manner, afterOk }: KeptRule,
  peer: Peer,
  client: RunningClient,
  { seconds }: ClientTarget,
): Promise<Verdict> {
  let token = "";
  for (const line of lines) {
    const message = parseServerMessage(line);
    token = message.type === "WORK" ? message.token : token;
    await peer.send(`${line}\n`, manner);
    const arrival = await peer.next(seconds);
    const problem = arrival.type === "line" ? problemOf(arrival.line, message, token) : undefined;
    if (arrival.type !== "line" || problem !== undefined) {
      return broken(problem ?? describe(arrival, seconds), `the answer to ${quoted(line)}`);
    }
    if (peer.hasMore()) {
      return broken(`more after the answer to ${quoted(line)}`, "one line");
    }
  }
  if (afterOk !== undefined) {
    await peer.send(afterOk);
  }
  peer.close();
  const end = await client.ended(seconds);
  return end === 0 ? HOLDS : broken(describeEnd(end, seconds), "exit code 0");
}

/** Breaks a rule; the client must close without another answer, and fail. */
async function breakRule(
  rule: BreachRule,
  peer: Peer,
  client: RunningClient,
  { seconds }: ClientTarget,
): Promise<Verdict> {
  await playUntil(rule.at, peer, seconds);
  const sending = sendAll(rule, peer);
  let answers = rule.mayAnswer ? 1 : 0;
  let arrival = await peer.next(seconds);
  while (arrival.type === "line" && answers > 0) {
    answers -= 1;
    arrival = await peer.next(seconds);
  }
  if (arrival.type !== "close") {
    return broken(describe(arrival, seconds), "a close without another line");
  }
  await sending;
  return judgeFailure(await client.ended(seconds), seconds);
}

async function sendAll({ sends, manner, ends }: BreachRule, peer: Peer): Promise<void> {
  for (const bytes of sends) {
    await peer.send(bytes, manner);
  }
  if (ends) {
    peer.finish();
  }
}

/** Serves rightly up to a step. */
async function playUntil(at: BreachRule["at"], peer: Peer, seconds: number): Promise<void> {
  for (const [step, line] of Object.entries(LINES)) {
    if (step === at) {
      return;
    }
    await peer.send(`${line}\n`);
    const arrival = await peer.next(seconds);
    if (arrival.type !== "line") {
      throw new Untried(`before that came ${describe(arrival, seconds)}`);
    }
  }
}

/** Returns the problem with an answer, printable; undefined if it is right. */
function problemOf(answer: string, message: ServerMessage, token: string): string | undefined {
  try {
    switch (message.type) {
      case "WORK":
        return isSolution(token, parseSuffix(answer), message.bits)
          ? undefined
          : new Fault("wrongSuffix", { bits: message.bits }).message;
      case "REQUEST":
        return checksumMatches(parseInformation(answer).checksum, token, message.arg)
          ? undefined
          : new Fault("wrongChecksum", { request: message.request }).message;
      default:
        parseFixedAnswer(answer, message.type === "HELLO" ? "HELLOBACK" : "OK");
        return undefined;
    }
  } catch (thrown) {
    return toFault(thrown).message;
  }
}

/** Serves with TLS 1.1 alone. */
async function tryOldTls(target: ClientTarget): Promise<Verdict> {
  using listener = listenWithTls(target.tls, TLS_1_1, target.signal);
  await using client = start(target, listener.port);
  const end = await Promise.race([listener.peer, client.ended(target.seconds)]);
  if (typeof end === "object") {
    return broken("a handshake that succeeded", "its failure");
  }
  if (!listener.isConnected()) {
    throw await unconnected(client, end, target, listener);
  }
  return judgeFailure(end, target.seconds);
}

/** Serves without TLS: sends a text, or nothing. */
async function tryInClear(text: string, target: ClientTarget): Promise<Verdict> {
  using listener = await listenInClear(text);
  await using client = start(target, listener.port);
  const end = await client.ended(target.seconds);
  if (!listener.isConnected()) {
    throw await unconnected(client, end, target, listener);
  }
  return listener.received().includes("HELLOBACK")
    ? broken("HELLOBACK in clear", "a close")
    : judgeFailure(end, target.seconds);
}

function judgeFailure(end: ClientEnd | undefined, seconds: number): Verdict {
  return typeof end === "number" && end !== 0
    ? HOLDS
    : broken(describeEnd(end, seconds), GIVING_UP);
}

/** Returns why a rule was not tried. */
async function unconnected(
  client: RunningClient,
  end: ClientEnd | undefined,
  { seconds }: ClientTarget,
  listener: Pick<Listener, "isConnected">,
): Promise<Untried> {
  const what = listener.isConnected() ? "shake hands" : "connect";
  const words = await client.lastWords();
  const how = `${describeEnd(end, seconds)}${words === "" ? "" : `, ${words}`}`;
  return new Untried(`the client did not ${what}: ${how}`);
}

function describeEnd(end: ClientEnd | undefined, seconds: number): string {
  return end === undefined
    ? `it still ran after ${seconds} s`
    : typeof end === "number"
      ? `exit code ${end}`
      : `it was ended by ${end}`;
}
