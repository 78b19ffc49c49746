/**
 * The server's side of the conversation. It asks, the client answers each line with one line:
 *
 *   HELLO → HELLOBACK
 *   WORK <token> <n_bits> → <suffix>
 *   <REQUEST> <arg> → <checksum> <value>, for each question
 *   DONE → OK
 */
import { Fault, toFault } from "../fault.ts";
import { createAlarm, type Deadline, within } from "../limit.ts";
import { toReason } from "../printable.ts";
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
import type { LineChannel } from "./channel.ts";
import { type Limits, type Observer, stepName } from "./exchange.ts";

/** What a session asks of its client. */
export interface Plan {
  readonly token: Word;
  readonly bits: Bits;
  readonly questions: readonly Question[];
  /** With this reason the client is refused after the questions, whatever it answered. */
  readonly refusal?: string;
}

export interface Question {
  readonly request: RequestName;
  readonly arg: Word;
}

export interface ServerOptions {
  readonly limits: Limits;
  readonly observe?: Observer | undefined;
}

/** How long a FAIL may take to be sent, in seconds: a peer that does not read must not hold us. */
const FAREWELL_LIMIT = 1;

/** How far a conversation came. */
export interface ServerReport {
  /** The name of the last message that was asked. */
  step: string;
  /** What went wrong; absent when the client did everything that was asked. */
  fault?: Fault;
}

/**
 * Holds one conversation and closes the channel; never throws. Whoever interrupts the channel
 * dismisses the client: the fault's message is sent as FAIL.
 */
export async function holdServerConversation(
  channel: LineChannel,
  plan: Plan,
  options: ServerOptions,
): Promise<ServerReport> {
  const report: ServerReport = { step: "HELLO" };
  try {
    await ask(converse(plan), channel, report, options);
    // Most clients hang up at once; what they have closed need not be closed by us.
    await inputTurn();
  } catch (thrown) {
    const fault = toFault(thrown);
    report.fault = fault;
    if (fault.family !== "transport") {
      await sayFail(channel, fault);
    }
  } finally {
    channel.close();
  }
  return report;
}

/** Tells the client why it is turned away (best effort, bounded time), and closes. */
export async function turnAway(channel: LineChannel, reason: string): Promise<void> {
  await sayFail(channel, new Fault("refused", reason));
  channel.close();
}

/** The conversation itself: yields what is to be asked, and is given the answer to it. */
function* converse(plan: Plan): Generator<ServerMessage, void, string> {
  const { token, bits } = plan;

  parseFixedAnswer(yield { type: "HELLO" }, "HELLOBACK");

  checkSuffix(parseSuffix(yield { type: "WORK", token, bits }), plan);

  for (const { request, arg } of plan.questions) {
    const { checksum } = parseInformation(yield { type: "REQUEST", request, arg });
    if (!checksumMatches(checksum, token, arg)) {
      throw new Fault("protocol", `the checksum for ${request} is not SHA256(token + arg)`);
    }
  }

  if (plan.refusal !== undefined) {
    throw new Fault("refused", plan.refusal);
  }

  parseFixedAnswer(yield { type: "DONE" }, "OK");
}

/** Asks each message of a conversation and waits for its answer. */
async function ask(
  conversation: ReturnType<typeof converse>,
  channel: LineChannel,
  report: ServerReport,
  { limits, observe }: ServerOptions,
): Promise<void> {
  const alarm = createAlarm(channel.interrupt);
  try {
    let next = conversation.next();
    while (next.done !== true) {
      const message = next.value;
      await inputTurn();
      if (channel.ready || channel.unread) {
        throw await whatCameAhead(channel, message);
      }
      report.step = stepName(message);
      const begun = performance.now();
      observe?.({ type: "asked", message });
      alarm.set(deadlineOf(message, limits));
      await channel.send(formatServerMessage(message));
      const answer = await channel.receive();
      alarm.clear();
      observe?.({ type: "answered", message, answer, seconds: (performance.now() - begun) / 1000 });
      next = conversation.next(answer);
    }
  } finally {
    alarm.stop();
  }
}

function deadlineOf(message: ServerMessage, { work, other }: Limits): Deadline {
  return {
    seconds: message.type === "WORK" ? work : other,
    step: `the answer to ${stepName(message)}`,
  };
}

/** Why the next message cannot be asked: the stream has ended, or somebody did not wait for it. */
async function whatCameAhead(channel: LineChannel, message: ServerMessage): Promise<Fault> {
  if (channel.ready) {
    await channel.receive(); // throws what ended the stream, if that is what is waiting
  }
  const step = stepName(message);
  return new Fault("protocol", `bytes were sent ahead of ${step}; answer one line at a time`);
}

let turn: Promise<void> | undefined;

/**
 * Lets the event loop deliver what has already arrived, so that bytes sent ahead are seen before
 * the line that would make them look like an answer. All sessions wait for the same turn.
 */
function inputTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
}

function checkSuffix(suffix: string, { token, bits }: Plan): void {
  if (!isSolution(token, suffix, bits)) {
    throw new Fault("protocol", `SHA256(token + suffix) does not end with ${bits} zero bits`);
  }
}

async function sayFail(channel: LineChannel, fault: Fault): Promise<void> {
  const reason = fault.family === "internal" ? "internal error" : toReason(fault.message);
  const message = formatServerMessage({ type: "FAIL", reason });
  await within({ seconds: FAREWELL_LIMIT, step: "FAIL" }, channel.send(message)).catch(() => {
    // Best effort: the peer may be gone, and the fault that led here is the one to report.
  });
}
