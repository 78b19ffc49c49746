/**
 * The rules that a server must keep, and how a client tries each: as data, in the order of the
 * page. `check-server.ts` plays the client.
 */
import { type AnswerRule, brokenByAnswer, keptByAnswer } from "./answer-rule.ts";
import { ANSWER_RULES } from "./answer-rules.ts";
import { BROKEN_LINES } from "./broken-lines.ts";
import { DEADLINE, FRAMING, type HandshakeRule, type Place, SESSION, stepName } from "./rule.ts";

export type ServerRule = AnswerRule | HandshakeRule;

const NEVER_FAIL: Place = { section: "conversation", quote: "The client never sends FAIL." };
const REASON: Place = {
  section: "what-goes-wrong",
  quote:
    "Reasons say what was wrong and what was expected, in one printable line of at most 200 bytes, and never echo the peer's bytes unescaped.",
};
const HANDSHAKE_LIMIT: Place = {
  section: "time-limits",
  quote: "Server: from TCP accept to the end of the TLS handshake;",
};

/** The rule that is tried first: without it no other rule can be tried. */
export const SERVER_SESSION: AnswerRule = {
  ...SESSION,
  id: "server/session",
  act: "the client answers each line rightly",
  at: "DONE",
  send: ({ answer }) => `${answer}\n`,
  due: "service",
};

/** Lines that no client may send. Only a value may be any text, so that lenient servers take it. */
const LINE_RULES = BROKEN_LINES.map(({ name, what, breakLine, ...place }): AnswerRule => {
  const at = name === "byte-order-mark" ? "HELLO" : "REQUEST";
  return brokenByAnswer(place, at, name, `a line with ${what}`, ({ answer }) => breakLine(answer));
});

const CLOSE_RULES = (["HELLO", "WORK", "REQUEST", "DONE"] as const).flatMap((at): AnswerRule[] => {
  const [question, name] = [stepName(at), at.toLowerCase()];
  const common = { ...FRAMING.close, at, ends: true, due: "close" } as const;
  return [
    {
      ...common,
      id: `server/close-at-${name}`,
      act: `the client closes where it must answer ${question}`,
      send: () => "",
    },
    {
      ...common,
      id: `server/close-within-${name}`,
      act: `the client closes in the middle of its answer to ${question}`,
      send: ({ answer }) => answer,
    },
  ];
});

const TIME_RULES: readonly ServerRule[] = [
  ...(["HELLO", "REQUEST", "DONE"] as const).map(
    (at): AnswerRule => ({
      ...DEADLINE,
      id: `server/silent-at-${at.toLowerCase()}`,
      act: `the client is silent where it must answer ${stepName(at)}`,
      at,
      send: () => "",
      due: "FAIL",
    }),
  ),
  {
    ...DEADLINE,
    id: "server/slow-line",
    act: "the client sends its answer to HELLO slowly, and never ends it",
    at: "HELLO",
    send: () => "A".repeat(999),
    manner: "slowly",
    due: "close",
  },
  {
    ...HANDSHAKE_LIMIT,
    id: "server/silent-handshake",
    act: "the client connects, and is silent",
    handshake: "none",
  },
];

export const SERVER_RULES: readonly ServerRule[] = [
  SERVER_SESSION,
  brokenByAnswer(NEVER_FAIL, "HELLO", "client-fail", "FAIL", () => "FAIL no\n"),

  {
    ...FRAMING.tls,
    id: "server/tls-version",
    act: "the client knows only TLS 1.1",
    handshake: "TLS 1.1",
  },
  {
    ...FRAMING.tls,
    id: "server/clear-text",
    act: "the client speaks in clear",
    handshake: "in clear",
  },
  ...LINE_RULES,
  keptByAnswer(
    FRAMING.length,
    "REQUEST",
    "longest-line",
    "a line of 1000 bytes",
    ({ answer }) => `${answer.padEnd(999, "v")}\n`,
  ),
  {
    ...keptByAnswer(
      FRAMING.pieces,
      "REQUEST",
      "pieces",
      "a record for each byte",
      ({ answer }) => `${answer}\n`,
    ),
    manner: "in pieces",
  },
  {
    ...FRAMING.beforeHello,
    id: "server/before-hello",
    act: "the client sends a line before HELLO",
    at: "start",
    send: () => "HI\n",
    due: "FAIL",
  },
  brokenByAnswer(
    FRAMING.ahead,
    "HELLO",
    "pipelined-line",
    "HELLOBACK and the next line",
    ({ answer }) => `${answer}\n0\n`,
  ),
  brokenByAnswer(
    FRAMING.ahead,
    "WORK",
    "pipelined-byte",
    "its suffix and a byte of the next line",
    ({ answer }) => `${answer}\n0`,
  ),
  keptByAnswer(
    FRAMING.afterOk,
    "DONE",
    "after-ok",
    "OK and bytes that are no text",
    () => "OK\nmore\n\0\r\n",
  ),
  ...CLOSE_RULES,
  ...ANSWER_RULES,
  ...TIME_RULES,
  // Directions and a C1 control, which a terminal would obey.
  {
    ...brokenByAnswer(
      REASON,
      "HELLO",
      "fail-reason",
      "a long line that a terminal would obey",
      () => `${"\u202e\u009b2J".repeat(140)}\n`,
    ),
    checksReason: true,
  },
];
