/**
 * The server's side of the conversation. It asks, the client answers each line with one line:
 *
 *   HELLO → HELLOBACK
 *   WORK <token> <n_bits> → <suffix>
 *   <REQUEST> <arg> → <checksum> <value>, for each question
 *   DONE → OK
 */
import { withTimeout } from "../deadline.ts";
import { Fault, toFault } from "../fault/fault.ts";
import { toReason } from "../fault/printable.ts";
import { checksumMatches } from "../puzzle/checksum.ts";
import { isSolution } from "../puzzle/digest.ts";
import {
  type Bits,
  formatServerMessage,
  parseFixedAnswer,
  parseInformation,
  parseSuffix,
  type RequestName,
  type ServerMessage,
  type Word,
} from "../wire/message.ts";
import { expectFollower, type Position } from "../wire/order.ts";
import type { LineChannel } from "./channel.ts";
import { type ExchangeOptions, holdExchanges, type Side, stepName } from "./exchange.ts";

/** One session's questions, and the steps of our own between them. */
export interface Plan {
  readonly token: Word;
  readonly bits: Bits;
  readonly questions: readonly Question[];
  /** The client is refused with this reason after the questions, whatever it answered. */
  readonly refusal?: string;
  /** Awaited before HELLO. A fault that it throws refuses the client. */
  readonly beforeHello?: () => Promise<void>;
  /** Called with each answer whose checksum is right. A fault that it throws refuses the client. */
  readonly checkAnswer?: (answer: Answer) => void;
  /** Awaited before DONE, with all answers. A fault that it throws refuses the client. */
  readonly beforeDone?: (answers: readonly Answer[]) => Promise<void>;
}

export interface Question {
  readonly request: RequestName;
  readonly arg: Word;
}

/** A client's answer to a question, with a checksum that was right. */
export interface Answer {
  readonly request: RequestName;
  readonly value: string;
}

/** How far a conversation came. */
export interface ServerOutcome {
  /** The name of the last message that was asked; HELLO before that. */
  readonly step: string;
  /** Why the conversation ended early; undefined if the client answered everything. */
  readonly fault: Fault | undefined;
}

/** How long a FAIL may take to be sent, in seconds: a peer that does not read must not hold us. */
const FAIL_TIMEOUT = 1;

/**
 * Holds one conversation and closes the channel; never throws. The client is told with FAIL why a
 * conversation ends early, also if the channel is interrupted.
 */
export async function holdServerConversation(
  channel: LineChannel,
  plan: Plan,
  options: ExchangeOptions,
): Promise<ServerOutcome> {
  const side = new ServerSide(channel, converse(plan, options.timeouts.other));
  let fault: Fault | undefined;
  try {
    await holdExchanges(side, options);
  } catch (thrown) {
    fault = toFault(thrown);
    if (fault.family !== "transport") {
      await sendFail(channel, fault);
    }
  }
  channel.close();
  return { step: side.step, fault };
}

/** Refuses a client with FAIL (best effort, bounded time), and closes. */
export async function turnAway(channel: LineChannel, reason: string): Promise<void> {
  await sendFail(channel, new Fault("refusedByUs", { reason }));
  channel.close();
}

type Conversation = AsyncGenerator<ServerMessage, void, string>;

/**
 * Yields each message of the conversation; the line that answers it is passed to `next`.
 *
 * @param seconds the time limit of each step of our own
 */
async function* converse(plan: Plan, seconds: number): Conversation {
  const { token, bits, questions } = plan;

  if (plan.beforeHello !== undefined) {
    await withTimeout({ seconds, step: "the step before HELLO" }, plan.beforeHello());
  }
  parseFixedAnswer(yield { type: "HELLO" }, "HELLOBACK");

  const suffix = parseSuffix(yield { type: "WORK", token, bits });
  if (!isSolution(token, suffix, bits)) {
    throw new Fault("wrongSuffix", { bits });
  }

  const answers: Answer[] = [];
  for (const { request, arg } of questions) {
    const { checksum, value } = parseInformation(yield { type: "REQUEST", request, arg });
    if (!checksumMatches(checksum, token, arg)) {
      throw new Fault("wrongChecksum", { request });
    }
    const answer = { request, value };
    plan.checkAnswer?.(answer);
    answers.push(answer);
  }

  if (plan.refusal !== undefined) {
    throw new Fault("refusedByUs", { reason: plan.refusal });
  }

  if (plan.beforeDone !== undefined) {
    await withTimeout({ seconds, step: "the step before DONE" }, plan.beforeDone(answers));
  }
  parseFixedAnswer(yield { type: "DONE" }, "OK");
}

/** The server's side: messages come from `converse`, answers from the channel. */
class ServerSide implements Side {
  readonly #channel: LineChannel;
  readonly #conversation: Conversation;
  #position: Position = "start";
  /** The name of the last message that was asked. */
  step = "HELLO";

  constructor(channel: LineChannel, conversation: Conversation) {
    this.#channel = channel;
    this.#conversation = conversation;
  }

  async nextMessage(lastAnswer: string): Promise<ServerMessage | undefined> {
    const next = await this.#conversation.next(lastAnswer);
    await inputTurn();
    if (next.done) {
      return undefined;
    }
    const message = next.value;
    this.#position = expectFollower(this.#position, message, "self").type;
    if (this.#channel.ready || this.#channel.unread) {
      throw await this.#tooEarly(message);
    }
    return message;
  }

  async answerTo(message: ServerMessage): Promise<string> {
    this.step = stepName(message);
    await this.#channel.send(formatServerMessage(message));
    return this.#channel.receive();
  }

  nameAnswerTo(message: ServerMessage): string {
    return `the answer to ${stepName(message)}`;
  }

  /** Returns the fault of input that came ahead of a message; throws if the stream has ended. */
  async #tooEarly(message: ServerMessage): Promise<Fault> {
    if (this.#channel.ready) {
      await this.#channel.receive();
    }
    return new Fault("sentAhead", { step: stepName(message) });
  }
}

/**
 * Resolves when the event loop has delivered the input that had already arrived. Without this wait,
 * bytes that were sent ahead of a message would look like the answer to it.
 */
function inputTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Sends FAIL if that is possible in time; the peer may be gone, or may not read. */
async function sendFail(channel: LineChannel, fault: Fault): Promise<void> {
  const reason = fault.family === "internal" ? "internal error" : toReason(fault.message);
  const sending = channel.send(formatServerMessage({ type: "FAIL", reason }));
  // Ignored: the fault that led here is the one to report.
  await withTimeout({ seconds: FAIL_TIMEOUT, step: "sending FAIL" }, sending).catch(() => {});
}
