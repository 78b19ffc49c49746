/**
 * The server's side of the conversation. It asks, the client answers each line with one line:
 *
 *   HELLO → HELLOBACK
 *   WORK <token> <n_bits> → <suffix>
 *   <REQUEST> <arg> → <checksum> <value>, for each question
 *   DONE → OK
 */

import { withTimeout } from "../deadline.ts";
import { Fault } from "../fault/fault.ts";
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
import { Asker, type AskerOptions } from "./asker.ts";
import type { LineChannel } from "./channel.ts";

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

/** How long a FAIL may take to be sent, in seconds: a peer that does not read must not hold us. */
const FAREWELL_LIMIT = 1;

/** How far a conversation came. */
export interface ServerReport {
  /** The name of the last message that was asked. */
  readonly step: string;
  /** What went wrong; absent when the client did everything that was asked. */
  readonly fault: Fault | undefined;
}

/**
 * Holds one conversation and closes the channel; never throws. Whoever interrupts the channel
 * dismisses the client: the fault's message is sent as FAIL.
 */
export async function holdServerConversation(
  channel: LineChannel,
  plan: Plan,
  options: AskerOptions,
): Promise<ServerReport> {
  const asker = new Asker(converse(plan), channel, options);
  const fault = await asker.run();
  if (fault !== undefined && fault.family !== "transport") {
    await sayFail(channel, fault);
  }
  channel.close();
  return { step: asker.step, fault };
}

/** Tells the client why it is turned away (best effort, bounded time), and closes. */
export async function turnAway(channel: LineChannel, reason: string): Promise<void> {
  await sayFail(channel, new Fault("refusedByUs", { reason }));
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
      throw new Fault("wrongChecksum", { request });
    }
  }

  if (plan.refusal !== undefined) {
    throw new Fault("refusedByUs", { reason: plan.refusal });
  }

  parseFixedAnswer(yield { type: "DONE" }, "OK");
}

function checkSuffix(suffix: string, { token, bits }: Plan): void {
  if (!isSolution(token, suffix, bits)) {
    throw new Fault("wrongSuffix", { bits });
  }
}

async function sayFail(channel: LineChannel, fault: Fault): Promise<void> {
  const reason = fault.family === "internal" ? "internal error" : toReason(fault.message);
  const message = formatServerMessage({ type: "FAIL", reason });
  await withTimeout({ seconds: FAREWELL_LIMIT, step: "FAIL" }, channel.send(message)).catch(() => {
    // Best effort: the peer may be gone, and the fault that led here is the one to report.
  });
}
