/**
 * The client's side of the conversation: it answers each line of the server with one line, and
 * stops at once when the server says FAIL, even in the middle of its search.
 */

import { withTimeout } from "../deadline.ts";
import { PeerText } from "../fault/define.ts";
import { Fault, toFault } from "../fault/fault.ts";
import { digestOf, toHex } from "../puzzle/digest.ts";
import {
  type Bits,
  formatInformation,
  parseServerMessage,
  type RequestName,
  type ServerMessage,
  type Word,
} from "../wire/message.ts";
import { expectFollower, type Follower, type Position } from "../wire/order.ts";
import type { LineChannel } from "./channel.ts";
import { type Observer, stepName, type Timeouts } from "./exchange.ts";

/** What a search brings back. */
export interface Found {
  readonly suffix: string;
  readonly attempts: number;
  readonly seconds: number;
}

/** Searches for a suffix until found or until the signal aborts. */
export type Search = (token: Word, bits: Bits, signal: AbortSignal) => Promise<Found>;

export interface ClientOptions {
  readonly answers: Readonly<Record<RequestName, string>>;
  /** More bits than this are refused. */
  readonly maxBits: number;
  readonly search: Search;
  readonly timeouts: Timeouts;
  /** Ends the conversation early; its reason is the fault that comes back. */
  readonly signal?: AbortSignal | undefined;
  readonly observe?: Observer | undefined;
}

/** How far a conversation came. */
export interface ClientReport {
  bits: number | null;
  /** What the search took. */
  attempts: number | null;
  seconds: number | null;
  answered: number;
  /** Whether the server said anything, were it half a line. */
  heard: boolean;
  /** What went wrong; absent when the server was satisfied. */
  fault?: Fault;
}

/** Holds one conversation and closes the channel; never throws. */
export async function holdClientConversation(
  channel: LineChannel,
  options: ClientOptions,
): Promise<ClientReport> {
  const report: ClientReport = {
    bits: null,
    attempts: null,
    seconds: null,
    answered: 0,
    heard: false,
  };
  try {
    await converse(createTalk(channel, options), channel, options, report);
  } catch (thrown) {
    report.fault = toFault(thrown);
    report.heard ||= channel.unread;
  } finally {
    channel.close();
  }
  return report;
}

async function converse(
  talk: Talk,
  channel: LineChannel,
  options: ClientOptions,
  report: ClientReport,
): Promise<void> {
  await talk.hear("start");
  report.heard = true;
  await talk.say("HELLOBACK");

  const work = await talk.hear("HELLO");
  report.bits = work.bits;
  if (work.bits > options.maxBits) {
    throw new Fault("tooManyBits", { bits: work.bits, max: options.maxBits });
  }
  const begun = performance.now();
  const { suffix, attempts, seconds } = await searchUnlessInterrupted(work, channel, options);
  Object.assign(report, { attempts, seconds });
  const spent = (performance.now() - begun) / 1000;
  await talk.say(suffix, Math.max(0, options.timeouts.work - spent));

  let message = await talk.hear("WORK");
  while (message.type === "REQUEST") {
    const checksum = toHex(digestOf(work.token, message.arg));
    await talk.say(formatInformation({ checksum, value: options.answers[message.request] }));
    report.answered += 1;
    message = await talk.hear("REQUEST");
  }

  await talk.finish("OK");
}

/** Whatever arrives during the search ends it: FAIL is the one line that may come, and it is final. */
async function searchUnlessInterrupted(
  work: Follower<"HELLO">,
  channel: LineChannel,
  { search, timeouts, signal }: ClientOptions,
): Promise<Found> {
  const stop = new AbortController();
  try {
    const found = await withTimeout(
      { seconds: timeouts.work, step: `the search for ${work.bits} zero bits`, signal },
      Promise.race([
        // Only waited for, not taken: what loses this race must not be lost with it.
        channel.arrival().then(() => undefined),
        search(work.token, work.bits, stop.signal),
      ]),
    );
    return found ?? (await rejectOutOfTurn(channel, "the suffix"));
  } finally {
    stop.abort();
  }
}

interface Talk {
  /** The next message, which must be one that may follow the one at `position`. */
  hear<P extends Position>(position: P): Promise<Follower<P>>;
  /** Answers the message heard last, within so many seconds. */
  say(line: string, seconds?: number): Promise<void>;
  /** The same for the last message, behind which nothing may have been begun. */
  finish(line: string): Promise<void>;
}

function createTalk(channel: LineChannel, { timeouts, signal, observe }: ClientOptions): Talk {
  let heard: ServerMessage | undefined;
  let heardAt = 0;
  // Whether the server began its next line before it had our answer: only FAIL may do that.
  let early = false;

  async function hear<P extends Position>(position: P): Promise<Follower<P>> {
    const step = heard === undefined ? "the server's HELLO" : `the line after ${stepName(heard)}`;
    const line = await withTimeout({ seconds: timeouts.other, step, signal }, channel.receive());
    const message = parseServerMessage(line);
    if (message.type === "FAIL") {
      throw refusal(message.reason);
    }
    if (early) {
      throw new Fault("sentBefore", { step: stepName(message), before: "our last answer" });
    }
    const follower = expectFollower(position, message);
    heard = follower;
    heardAt = performance.now();
    observe?.({ type: "asked", message: follower });
    return follower;
  }

  async function say(line: string, seconds = timeouts.other): Promise<void> {
    if (channel.ready) {
      await rejectOutOfTurn(channel, "our answer");
    }
    early = channel.unread;
    await withTimeout({ seconds, step: "sending an answer", signal }, channel.send(line));
    if (heard !== undefined) {
      const taken = (performance.now() - heardAt) / 1000;
      observe?.({ type: "answered", message: heard, answer: line, seconds: taken });
    }
  }

  async function finish(line: string): Promise<void> {
    if (channel.unread) {
      // Nothing is read after our answer, so what was begun before it is heard out first.
      const step = "the rest of a line out of turn";
      const rest = rejectOutOfTurn(channel, "our answer");
      await withTimeout({ seconds: timeouts.other, step, signal }, rest);
    }
    await say(line);
  }

  return { hear, say, finish };
}

/** Takes the line (or the end of the stream) that came out of turn, and throws what it means. */
async function rejectOutOfTurn(channel: LineChannel, before: string): Promise<never> {
  const message = parseServerMessage(await channel.receive());
  if (message.type === "FAIL") {
    throw refusal(message.reason);
  }
  throw new Fault("sentBefore", { step: stepName(message), before });
}

function refusal(reason: string): Fault {
  return new Fault("refusedByServer", { reason: new PeerText(reason) });
}
