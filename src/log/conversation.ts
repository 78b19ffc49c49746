/**
 * A conversation as log records. They are for debugging: an answer may hold personal values, so no
 * line of it is written above the level debug, and the token is cut short even there.
 */
import type { ConversationEvent, Observer } from "../conversation/exchange.ts";
import { stepName } from "../conversation/exchange.ts";
import { printable } from "../printable.ts";
import { formatServerMessage, type ServerMessage } from "../wire/message.ts";
import type { Log } from "./log.ts";

/** How many characters of a token are shown at most; of a short one, a quarter. */
const SHOWN_CHARACTERS = 4;

/** Logs each exchange, with the given values on every record. */
export function logConversation(log: Log, values: Readonly<Record<string, unknown>>): Observer {
  return (event: ConversationEvent) => {
    if (event.type === "asked") {
      log.debug("asked", { ...values, line: withoutToken(event.message) });
    } else {
      log.debug("answered", {
        ...values,
        step: stepName(event.message),
        line: printable(event.answer),
        milliseconds: Math.round(event.seconds * 1000),
      });
    }
  };
}

function withoutToken(message: ServerMessage): string {
  if (message.type !== "WORK") {
    return printable(formatServerMessage(message));
  }
  const { token, bits } = message;
  const shown = Math.min(SHOWN_CHARACTERS, Math.floor(token.length / 4));
  return `WORK ${token.slice(0, shown)}… ${bits}`;
}
