/**
 * The client's side of the conversation. It answers each line of the server with one line:
 *
 *   HELLO → HELLOBACK
 *   WORK <token> <n_bits> → <suffix>
 *   <REQUEST> <arg> → <checksum> <value>, any number of times
 *   DONE → OK
 *
 * It stops at once when the server sends FAIL, even in the middle of its search.
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
import { expectFollower } from "../wire/order.ts";
import type { LineChannel } from "./channel.ts";
import { type ExchangeOptions, holdExchanges, type Side, stepName } from "./exchange.ts";

/** Searches for a suffix, and returns it; throws the signal's reason when the signal aborts. */
export type Search = (token: Word, bits: Bits, signal: AbortSignal) => Promise<string>;

export interface ClientOptions extends ExchangeOptions {
  readonly answers: Readonly<Record<RequestName, string>>;
  /** More bits than this are refused. */
  readonly maxBits: number;
  readonly search: Search;
  /** Ends the conversation early, with the signal's reason as its fault. */
  readonly signal?: AbortSignal | undefined;
}

/** How far a conversation came. */
export interface ClientOutcome {
  /** The bits in the server's WORK; null before that. */
  readonly bits: number | null;
  /** How many requests were answered. */
  readonly answered: number;
  /** Whether the server sent anything, even half a line. */
  readonly hasReceived: boolean;
  /** Why the conversation ended early; absent if the server said DONE. */
  readonly fault?: Fault | undefined;
}

/** Holds one conversation and closes the channel; never throws. */
export async function holdClientConversation(
  channel: LineChannel,
  options: ClientOptions,
): Promise<ClientOutcome> {
  const { signal } = options;
  const side = new ClientSide(channel, options);
  const interrupt = () => channel.interrupt(toFault(signal?.reason));
  signal?.addEventListener("abort", interrupt);
  if (signal?.aborted) {
    interrupt();
  }
  let fault: Fault | undefined;
  try {
    await holdExchanges(side, options);
  } catch (thrown) {
    fault = toFault(thrown);
  }
  signal?.removeEventListener("abort", interrupt);
  side.stopSearch();
  channel.close();
  return { ...side.progress, fault };
}

/** The client's side: messages come from the channel, answers from `#converse`. */
class ClientSide implements Side {
  readonly #channel: LineChannel;
  readonly #options: ClientOptions;
  readonly #conversation: AsyncGenerator<string, string, ServerMessage>;
  readonly #searchStop = new AbortController();
  /** The line that is due from the server, for errors. */
  #dueLine = "the server's HELLO";
  #bits: Bits | null = null;
  #answered = 0;
  #hasReceived = false;
  /** Whether the server began its next line before our answer: only FAIL may come so early. */
  #isNextEarly = false;
  #isDone = false;

  constructor(channel: LineChannel, options: ClientOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#conversation = this.#converse();
    this.#conversation.next(); // Runs up to the first `yield`, which waits for HELLO.
  }

  get progress(): Omit<ClientOutcome, "fault"> {
    return {
      bits: this.#bits,
      answered: this.#answered,
      hasReceived: this.#hasReceived || this.#channel.unread,
    };
  }

  stopSearch(): void {
    this.#searchStop.abort();
  }

  /** The conversation itself: yields each answer, and is given the message that follows it. */
  async *#converse(): AsyncGenerator<string, string, ServerMessage> {
    const { answers, maxBits, search } = this.#options;

    expectFollower("start", yield ""); // Nothing to answer yet.

    const { token, bits } = expectFollower("HELLO", yield "HELLOBACK");
    this.#bits = bits;
    if (bits > maxBits) {
      throw new Fault("tooManyBits", { bits, max: maxBits });
    }
    const suffix = await search(token, bits, this.#searchStop.signal);

    let message = expectFollower("WORK", yield suffix);
    while (message.type === "REQUEST") {
      const { request, arg } = message;
      const checksum = toHex(digestOf(token, arg));
      const answer = formatInformation({ checksum, value: answers[request] });
      message = expectFollower("REQUEST", yield answer);
    }

    return "OK";
  }

  async nextMessage(): Promise<ServerMessage | undefined> {
    if (this.#isDone) {
      return undefined;
    }
    const deadline = { seconds: this.#options.timeouts.other, step: this.#dueLine };
    const message = await withTimeout(deadline, this.#receive());
    if (this.#isNextEarly) {
      throw new Fault("sentBefore", { step: stepName(message), before: "our last answer" });
    }
    return message;
  }

  async answerTo(message: ServerMessage): Promise<string> {
    const channel = this.#channel;
    this.#dueLine = `the line after ${stepName(message)}`;
    const arrival = channel.arrival().then(() => undefined);
    const next = await Promise.race([this.#conversation.next(message), arrival]);
    // Nothing is received after our last answer, so a line that has begun is received before it.
    if (next === undefined || channel.ready || (next.done && channel.unread)) {
      throw await this.#outOfTurn(message);
    }
    this.#isNextEarly = channel.unread;
    this.#isDone = next.done === true;
    await channel.send(next.value);
    this.#answered += message.type === "REQUEST" ? 1 : 0;
    return next.value;
  }

  nameAnswerTo(message: ServerMessage): string {
    return message.type === "WORK"
      ? `the search for ${message.bits} zero bits`
      : `the answer to ${stepName(message)}`;
  }

  /** Receives the next message; throws if it is FAIL. */
  async #receive(): Promise<ServerMessage> {
    const line = await this.#channel.receive();
    this.#hasReceived = true;
    const message = parseServerMessage(line);
    if (message.type === "FAIL") {
      throw new Fault("refusedByServer", { reason: new PeerText(message.reason) });
    }
    return message;
  }

  /** Returns the fault of a line that came before our answer; throws for FAIL and for a close. */
  async #outOfTurn({ type }: ServerMessage): Promise<Fault> {
    const early = await this.#receive();
    const before = type === "WORK" ? "the suffix" : "our answer";
    return new Fault("sentBefore", { step: stepName(early), before });
  }
}
