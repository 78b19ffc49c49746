/**
 * The loop that both sides of a conversation run. A conversation is a series of exchanges: one
 * message of the server, and the client's answer to it. The sides differ in one thing only: the
 * server makes the messages and waits for the answers, the client waits for the messages and makes
 * the answers.
 */
import { withTimeout } from "../deadline.ts";
import { secondsSince } from "../seconds.ts";
import { parseInformation, type ServerMessage } from "../wire/message.ts";

/** One side of a conversation. */
export interface Side {
  /**
   * Returns the server's next message, made or received in time, given the answer to the message
   * before; undefined when the conversation is over.
   */
  nextMessage(lastAnswer: string): Promise<ServerMessage | undefined>;
  /** Returns the client's answer to a message, when it was received or sent. */
  answerTo(message: ServerMessage): Promise<string>;
  /** Names the work of `answerTo`, as the subject of "… took longer than 10 s". */
  nameAnswerTo(message: ServerMessage): string;
}

/** How long the steps may take, in seconds, each above 0. */
export interface Timeouts {
  /** From WORK to its suffix. */
  readonly work: number;
  /** Every other step. */
  readonly other: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { work: 1800, other: 10 };

/** One half of an exchange, as it happens. */
export type ConversationEvent =
  /** The server has sent a message. */
  | { readonly type: "asked"; readonly message: ServerMessage }
  /** The client has answered it. */
  | {
      readonly type: "answered";
      /** The message that was answered. */
      readonly message: ServerMessage;
      /** The value in a well-formed answer to a request; absent in any other line. */
      readonly answer?: string | undefined;
      /** The client's line, right or wrong, for logs; it may hold personal values. */
      readonly line: string;
      /** From the message to its answer. */
      readonly seconds: number;
    };

type Observer = (event: ConversationEvent) => void;

export interface ExchangeOptions {
  readonly timeouts: Timeouts;
  readonly observe?: Observer | undefined;
}

/** Holds a conversation to its end. Throws the fault that ends it early. */
export async function holdExchanges(side: Side, options: ExchangeOptions): Promise<void> {
  const { timeouts, observe } = options;
  let line = "";
  for (;;) {
    const message = await side.nextMessage(line);
    if (message === undefined) {
      return;
    }
    observe?.({ type: "asked", message });

    const start = performance.now();
    const seconds = message.type === "WORK" ? timeouts.work : timeouts.other;
    const step = side.nameAnswerTo(message);
    line = await withTimeout({ seconds, step }, side.answerTo(message));
    if (observe !== undefined) {
      const answer = answerIn(message, line);
      observe({ type: "answered", message, answer, line, seconds: secondsSince(start) });
    }
  }
}

/** Returns the name of a message in logs and errors. */
export function stepName(message: ServerMessage): string {
  return message.type === "REQUEST" ? message.request : message.type;
}

/** Returns the value in an answer to a request, if the answer is well-formed. */
function answerIn(message: ServerMessage, line: string): string | undefined {
  if (message.type !== "REQUEST") {
    return undefined;
  }
  try {
    return parseInformation(line).value;
  } catch {
    return undefined; // The server's side reports what is wrong with the answer.
  }
}
