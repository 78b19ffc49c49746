/**
 * What both conversations have in common: an exchange is one message of the server and one answer
 * of the client to it, within a limit, told to whoever watches (logs, demos, tests).
 */
import type { ServerMessage } from "../wire/message.ts";

export type ConversationEvent =
  | { readonly type: "asked"; readonly message: ServerMessage }
  | {
      readonly type: "answered";
      readonly message: ServerMessage;
      /** The client's line; it may hold personal values. */
      readonly answer: string;
      /** From the message to its answer. */
      readonly seconds: number;
    };

export type Observer = (event: ConversationEvent) => void;

/** What a message is called in logs and errors. */
export function stepName(message: ServerMessage): string {
  return message.type === "REQUEST" ? message.request : message.type;
}

/** How long the steps may take, in seconds, each above 0. */
export interface Timeouts {
  /** From WORK to its suffix. */
  readonly work: number;
  /** Every other step. */
  readonly other: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { work: 1800, other: 10 };
