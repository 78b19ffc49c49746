/**
 * A conversation as log records. They are for debugging: an answer may hold personal values, so no
 * line of it is written above the level debug, and the token is cut short even there.
 */
import type { ConversationEvent } from "../conversation/exchange.ts";
import { stepName } from "../conversation/exchange.ts";
import { printable } from "../fault/printable.ts";
import { formatServerMessage, type ServerMessage } from "../wire/message.ts";
import type { Log } from "./log.ts";
import { roundSeconds } from "./values.ts";

/** How many characters of a token are shown at most; of a short one, a quarter. */
const SHOWN_CHARACTERS = 4;

/** Whose conversation it is, where there are several. */
interface Party {
  readonly id: number;
  readonly peer: string;
}

/** Records a step of a conversation. */
export function recordExchange(log: Log, event: ConversationEvent, party?: Party): void {
  if (!log.enabled("debug")) {
    return; // A server has many steps: they must cost nothing where nobody reads of them.
  }
  const { id: session, peer } = party ?? {};
  const step = stepName(event.message);
  if (event.type === "asked") {
    log.debug("asked", { session, peer, step, line: showMessage(event.message) });
  } else {
    const seconds = roundSeconds(event.seconds);
    log.debug("answered", { session, peer, step, seconds, line: printable(event.answer) });
  }
}

/** A line of the server, fit to be shown; of a token only the beginning. */
export function showMessage(message: ServerMessage): string {
  if (message.type !== "WORK") {
    return printable(formatServerMessage(message));
  }
  const { token, bits } = message;
  const shown = Math.min(SHOWN_CHARACTERS, Math.floor(token.length / 4));
  return `WORK ${token.slice(0, shown)}… ${bits}`;
}
