/**
 * The rules that a client must keep, and how a server tries each: as data, in the order of the
 * page. `check-client.ts` plays the server.
 */
import { REQUESTS } from "../wire/message.ts";
import { BROKEN_LINES } from "./broken-lines.ts";
import {
  type BreachRule,
  brokenByLine,
  type ClientRule,
  type KeptRule,
  LINES,
} from "./client-rule.ts";
import { MESSAGE_RULES } from "./message-rules.ts";
import { DEADLINE, FRAMING, type Place, SESSION, stepName } from "./rule.ts";

const FAIL_ANY_TIME: Place = {
  section: "conversation",
  quote:
    "The one line that may come out of turn is the server's FAIL <reason>, at any time, also while the client is still working: the client stops at once (the search too) and closes.",
};
const ONCE: Place = {
  section: "order-and-repetition",
  quote: "HELLO comes once, first. WORK comes once, second. DONE comes once, last.",
};
const REPEATS: Place = {
  section: "order-and-repetition",
  quote:
    "Information requests come only between WORK and DONE, any number of them, in any order, repeats allowed.",
};
const STOPS_SEARCH: Place = {
  section: "what-goes-wrong",
  quote: "A close during the client's search stops the search too (transport error).",
};
const HANDSHAKE_LIMIT: Place = {
  section: "time-limits",
  quote: "Client: from the start of connecting to the end of the TLS handshake;",
};

const { HELLO, WORK, REQUEST, DONE } = LINES;

/** More work than any client does in time. */
const ENDLESS_WORK = "WORK a-token_1 64\n";

/** The rule that is tried first: without it no other rule can be tried. */
export const CLIENT_SESSION: KeptRule = {
  ...SESSION,
  id: "client/session",
  act: "the server asks each question once",
  lines: [HELLO, WORK, ...REQUESTS.map((request) => `${request} an-arg_1`), DONE],
};

export const CLIENT_RULES: readonly ClientRule[] = [
  CLIENT_SESSION,
  brokenByLine(FAIL_ANY_TIME, "HELLO", "fail-first", "FAIL not today\n"),
  brokenByLine(FAIL_ANY_TIME, "REQUEST", "fail-for-request", "FAIL not you\n"),
  brokenByLine(FAIL_ANY_TIME, "DONE", "fail-for-done", "FAIL no\n"),
  {
    ...FAIL_ANY_TIME,
    id: "client/fail-in-search",
    act: "the server sends FAIL during the search",
    at: "WORK",
    sends: [ENDLESS_WORK, "FAIL never mind\n"],
  },
  {
    ...FAIL_ANY_TIME,
    id: "client/early-line",
    act: "the server sends WORK together with HELLO",
    at: "HELLO",
    sends: [`${HELLO}\n${WORK}\n`],
    mayAnswer: true,
  },

  {
    ...FRAMING.tls,
    id: "client/tls-version",
    act: "the server knows only TLS 1.1",
    handshake: "TLS 1.1",
  },
  {
    ...FRAMING.tls,
    id: "client/clear-text",
    act: "the server speaks in clear",
    handshake: "in clear",
  },
  ...BROKEN_LINES.map(({ name, what, breakLine, ...text }): BreachRule => {
    const at = name === "byte-order-mark" || name === "carriage-return" ? "HELLO" : "REQUEST";
    const act = `the server sends ${at === "HELLO" ? at : "a request"} with ${what}`;
    return { ...text, id: `client/${name}`, act, at, sends: [breakLine(LINES[at])] };
  }),
  {
    ...FRAMING.pieces,
    id: "client/pieces",
    act: "the server sends its lines byte by byte",
    lines: [HELLO, WORK, REQUEST, DONE],
    manner: "in pieces",
  },
  {
    ...FRAMING.afterOk,
    id: "client/after-ok",
    act: "the server sends more after OK",
    lines: [HELLO, WORK, REQUEST, DONE],
    afterOk: "DONE\nFAIL too late\n",
  },
  ...(["HELLO", "WORK", "REQUEST", "DONE"] as const).flatMap((at): BreachRule[] => [
    {
      ...FRAMING.close,
      id: `client/close-at-${at.toLowerCase()}`,
      act: `the server closes where ${stepName(at)} is due`,
      at,
      sends: [],
      ends: true,
    },
    {
      ...FRAMING.close,
      id: `client/close-within-${at.toLowerCase()}`,
      act: `the server closes in the middle of ${stepName(at)}`,
      at,
      sends: [LINES[at]],
      ends: true,
    },
  ]),

  ...MESSAGE_RULES,
  brokenByLine(ONCE, "HELLO", "work-first", `${WORK}\n`),
  brokenByLine(ONCE, "HELLO", "request-first", `${REQUEST}\n`),
  brokenByLine(ONCE, "HELLO", "done-first", "DONE\n"),
  brokenByLine(ONCE, "WORK", "hello-twice", "HELLO\n"),
  brokenByLine(ONCE, "WORK", "done-for-work", "DONE\n"),
  brokenByLine(ONCE, "REQUEST", "work-twice", `${WORK}\n`),
  brokenByLine(ONCE, "REQUEST", "hello-for-request", "HELLO\n"),
  brokenByLine(REPEATS, "WORK", "request-for-work", `${REQUEST}\n`),
  {
    ...REPEATS,
    id: "client/repeats",
    act: "the server asks in another order, and each question twice",
    lines: [
      ...[HELLO, WORK],
      ...REQUESTS.toReversed().flatMap((request) => [`${request} first`, `${request} second`]),
      DONE,
    ],
  },
  {
    ...REPEATS,
    id: "client/no-requests",
    act: "the server asks nothing",
    lines: [HELLO, WORK, DONE],
  },

  ...(["HELLO", "WORK", "REQUEST", "DONE"] as const).map(
    (at): BreachRule => ({
      ...DEADLINE,
      id: `client/silent-at-${at.toLowerCase()}`,
      act: `the server is silent where ${stepName(at)} is due`,
      at,
      sends: [],
    }),
  ),
  {
    ...DEADLINE,
    id: "client/slow-line",
    act: "the server sends HELLO slowly, and never ends it",
    at: "HELLO",
    sends: ["A".repeat(999)],
    manner: "slowly",
  },
  {
    ...HANDSHAKE_LIMIT,
    id: "client/silent-handshake",
    act: "the server accepts, and is silent",
    handshake: "none",
  },
  {
    ...STOPS_SEARCH,
    id: "client/close-in-search",
    act: "the server closes during the search",
    at: "WORK",
    sends: [ENDLESS_WORK],
    ends: true,
  },
];
