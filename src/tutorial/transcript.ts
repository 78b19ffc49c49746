/**
 * A conversation for people who learn the protocol: each line as it was sent, and its purpose.
 */
import type { ClientEvent } from "../client/events.ts";
import type { ConversationEvent } from "../conversation/exchange.ts";
import { showMessage } from "../conversation/records.ts";
import { printable } from "../fault/printable.ts";
import { digestOf, toHex, trailingZeroBits } from "../puzzle/digest.ts";
import type { ServerEvent, Session } from "../server/events.ts";
import { formatServerMessage, REQUESTS, type ServerMessage } from "../wire/message.ts";
import { TUTORIAL_TOKEN } from "./fixed-values.ts";

/** Shows more text: whole lines. */
export type Show = (text: string) => void;

/** Returns an observer that shows a server's sessions. */
export function showServer(show: Show): (event: ServerEvent) => void {
  const showExchange = createExchanges(show);
  return (event) => {
    if (event.type === "connection rejected") {
      show(`A connection from ${event.peer} is rejected: ${event.fault.message}\n`);
    } else if (event.type === "session refused") {
      show(`A client from ${event.session.peer} is refused: ${event.reason}\n`);
    } else if (event.type === "session opened") {
      show(greetClient(event.session));
    } else if (event.type === "exchange") {
      showExchange(event.exchange);
    } else if (event.type === "session finished") {
      const { fault } = event;
      show(`\n${fault === undefined ? "The client has passed." : "The session ends early."}\n`);
    }
  };
}

/** Returns an observer that shows a client's session. */
export function showClient(show: Show): (event: ClientEvent) => void {
  const showExchange = createExchanges(show);
  return (event) => {
    if (event.type === "no answer") {
      show(`No server there: ${event.fault.message}\n`);
    } else if (event.type === "connected") {
      const { port, tlsVersion, cipher } = event.connection;
      show(`A server answers on port ${port}. The connection uses ${tlsVersion}, ${cipher}.\n`);
    } else if (event.type === "solved") {
      show(`   We tried ${event.attempts} suffixes, and found one that is right:\n`);
    } else if (event.type === "exchange") {
      showExchange(event.exchange);
    }
  };
}

function greetClient({ peer, tlsVersion, cipher, identity }: Session): string {
  const name =
    identity === undefined
      ? "It shows no certificate, because we require none."
      : `Our authority signed its certificate, which is for ${identity.subject}`;
  return `A client connects from ${peer}. The connection uses ${tlsVersion}, ${cipher}.\n${name}\n`;
}

/** Returns a function that shows and explains each line, the same for both sides. */
function createExchanges(show: Show): (event: ConversationEvent) => void {
  let requests = 0;
  return (event) => {
    const { message } = event;
    if (event.type === "asked") {
      requests += message.type === "REQUEST" ? 1 : 0;
      show(`\nS: ${lineOf(message)}\n${notes(explainMessage(message, requests === 1))}`);
    } else {
      show(`C: ${printable(event.line)}\n${notes(explainAnswer(event, requests === 1))}`);
    }
  };
}

/** Returns the line of a message, with the token cut short unless it is the tutorial's. */
function lineOf(message: ServerMessage): string {
  const isPublic = message.type !== "WORK" || message.token === TUTORIAL_TOKEN;
  return isPublic ? printable(formatServerMessage(message)) : showMessage(message);
}

function explainMessage(message: ServerMessage, isFirstRequest: boolean): readonly string[] {
  switch (message.type) {
    case "HELLO":
      return ["The server sends the first line. The client answers each line with one line."];
    case "WORK":
      return [
        "WORK <token> <n_bits>: first the client must find a suffix such that",
        `SHA256(token + suffix) ends with ${message.bits} zero bits. The fastest known way is to try`,
        `suffixes, ${2 ** message.bits} on average. Outside the tutorial each session has a new token.`,
      ];
    case "REQUEST":
      return isFirstRequest
        ? [
            `<REQUEST> <arg>: then the server sends requests, of ${REQUESTS.length} kinds and in any order.`,
            "Outside the tutorial each request has a new arg.",
          ]
        : [];
    case "DONE":
      return ["There are no more requests."];
    case "FAIL":
      return [];
  }
}

type Answered = Extract<ConversationEvent, { readonly type: "answered" }>;

function explainAnswer(
  { message, line, seconds }: Answered,
  isFirstRequest: boolean,
): readonly string[] {
  switch (message.type) {
    case "WORK": {
      const digest = digestOf(message.token, line);
      return [
        `The suffix, after ${seconds.toFixed(3)} s. One hash checks it: SHA256(token + suffix) is`,
        `${toHex(digest)},`,
        `and ends with ${trailingZeroBits(digest)} zero bits.`,
      ];
    }
    case "REQUEST":
      return isFirstRequest
        ? [
            "<checksum> <value>: the checksum is SHA256(token + arg). It shows that the answer is",
            "for this request of this session. After a space comes the value.",
          ]
        : [];
    case "DONE":
      return ["Both sides close the connection."];
    default:
      return [];
  }
}

function notes(lines: readonly string[]): string {
  return lines.map((line) => `   ${line}\n`).join("");
}
