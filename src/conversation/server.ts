/**
 * The server's side of the conversation. It asks, the client answers each line with one line:
 *
 *   HELLO → HELLOBACK
 *   WORK <token> <n_bits> → <suffix>
 *   <REQUEST> <arg> → <checksum> <value>, for each question
 *   DONE → OK
 */
import { Fault, toFault } from "../fault.ts";
import { type Alarm, createAlarm, type Deadline, within } from "../limit.ts";
import { toReason } from "../printable.ts";
import { checksumMatches } from "../puzzle/checksum.ts";
import { digestOf, isSolution } from "../puzzle/digest.ts";
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

/**
 * Holds one conversation and closes the channel. Returns what went wrong, or nothing when the
 * client did everything that was asked; never throws. Whoever interrupts the channel dismisses the
 * client: the fault's message is sent as FAIL.
 */
export async function holdServerConversation(
  channel: LineChannel,
  plan: Plan,
  options: ServerOptions,
): Promise<Fault | undefined> {
  const alarm = createAlarm(channel.interrupt);
  try {
    await converse(plan, createAsker(channel, alarm, options));
    return undefined;
  } catch (thrown) {
    const fault = toFault(thrown);
    if (fault.family !== "transport") {
      await sayFail(channel, fault);
    }
    return fault;
  } finally {
    alarm.stop();
    channel.close();
  }
}

/** Tells the client why it is turned away (best effort, bounded time), and closes. */
export async function turnAway(channel: LineChannel, reason: string): Promise<void> {
  await sayFail(channel, new Fault("refused", reason));
  channel.close();
}

async function converse(plan: Plan, ask: Asker): Promise<void> {
  const { token, bits } = plan;

  parseFixedAnswer(await ask({ type: "HELLO" }), "HELLOBACK");

  checkSuffix(parseSuffix(await ask({ type: "WORK", token, bits })), plan);

  for (const { request, arg } of plan.questions) {
    const { checksum } = parseInformation(await ask({ type: "REQUEST", request, arg }));
    if (!checksumMatches(checksum, digestOf(token, arg))) {
      throw new Fault("protocol", `the checksum for ${request} is not SHA256(token + arg)`);
    }
  }

  if (plan.refusal !== undefined) {
    throw new Fault("refused", plan.refusal);
  }

  parseFixedAnswer(await ask({ type: "DONE" }), "OK");
  // Most clients hang up at once; what they have closed need not be closed by us.
  await inputTurn();
}

type Asker = (message: ServerMessage) => Promise<string>;

function createAsker(
  channel: LineChannel,
  alarm: Alarm,
  { limits, observe }: ServerOptions,
): Asker {
  return async (message) => {
    await inputTurn();
    if (channel.ready || channel.unread) {
      throw await whatCameAhead(channel, message);
    }
    const begun = performance.now();
    observe?.({ type: "asked", message });
    alarm.set(deadlineOf(message, limits));
    try {
      await channel.send(formatServerMessage(message));
      const answer = await channel.receive();
      observe?.({ type: "answered", message, answer, seconds: (performance.now() - begun) / 1000 });
      return answer;
    } finally {
      alarm.clear();
    }
  };
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
