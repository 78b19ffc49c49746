/**
 * The steps of a conversation as log records. They are for debugging: an answer may hold personal
 * values, so a recorder writes them at the level debug only, with the token cut short.
 */
import { printable } from "../fault/printable.ts";
import { roundToMilliseconds } from "../seconds.ts";
import { formatServerMessage, type ServerMessage } from "../wire/message.ts";
import { type ConversationEvent, stepName } from "./exchange.ts";

/** The most characters of a token that are shown; of a short token, a quarter of them. */
const SHOWN_CHARACTERS = 4;

export interface StepRecord {
  readonly message: "asked" | "answered";
  readonly values: {
    readonly step: string;
    /** From the message to its answer. */
    readonly seconds?: number;
    readonly line: string;
  };
}

/** Returns the log record of one step. */
export function recordOfStep(event: ConversationEvent): StepRecord {
  const step = stepName(event.message);
  if (event.type === "asked") {
    return { message: "asked", values: { step, line: showMessage(event.message) } };
  }
  const seconds = roundToMilliseconds(event.seconds);
  return { message: "answered", values: { step, seconds, line: printable(event.line) } };
}

/** Returns the line of a server's message, escaped, and with the token cut short. */
export function showMessage(message: ServerMessage): string {
  if (message.type !== "WORK") {
    return printable(formatServerMessage(message));
  }
  const { token, bits } = message;
  const shown = Math.min(SHOWN_CHARACTERS, Math.floor(token.length / 4));
  return `WORK ${token.slice(0, shown)}… ${bits}`;
}
