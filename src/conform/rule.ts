/**
 * A rule of the protocol, and the verdict on a program that must keep it.
 */
import { addressOf } from "../version.ts";

/** The page that all rules quote. */
export const PAGE = "docs/protocol.md";

/** A heading of the page, as the anchor of a link. */
export type Section =
  | "conversation"
  | "framing"
  | "server-to-client"
  | "client-to-server"
  | "order-and-repetition"
  | "time-limits"
  | "what-goes-wrong";

export interface RuleText {
  /** The program under test, and a name: `server/wrong-suffix`. */
  readonly id: string;
  /** From the page, word by word, without its marks; a comma is between two cells of a table. */
  readonly quote: string;
  readonly section: Section;
  /** How the program under test is tried: the act of its peer, as in "the client is silent". */
  readonly act: string;
}

/** Tried without a session: the handshake must not succeed, and the program must give up. */
export interface HandshakeRule extends RuleText {
  readonly handshake: "TLS 1.1" | "in clear" | "none";
}

export type Verdict =
  | { readonly verdict: "holds" }
  /** Both printable. */
  | { readonly verdict: "broken"; readonly seen: string; readonly due: string }
  | { readonly verdict: "unknown"; readonly reason: string };

/** A rule, and how it went. */
export interface Finding {
  readonly rule: RuleText;
  readonly verdict: Verdict;
}

export const HOLDS: Verdict = { verdict: "holds" };

export function broken(seen: string, due: string): Verdict {
  return { verdict: "broken", seen, due };
}

export function unknown(reason: string): Verdict {
  return { verdict: "unknown", reason };
}

/** Thrown where a rule cannot be tried. */
export class Untried extends Error {
  override readonly name = "Untried";
}

/** Returns the link to the section of a rule. */
export function linkTo({ section }: Pick<RuleText, "section">): string {
  return `${addressOf(PAGE)}#${section}`;
}

/** A line of the server in a right session. */
export type Step = "HELLO" | "WORK" | "REQUEST" | "DONE";

export function stepName(step: Step): string {
  return step === "REQUEST" ? "a request" : step;
}

/** Where a rule is on the page. */
export type Place = Pick<RuleText, "quote" | "section">;

/** How a peer sends bytes: at once, each as a record of its own, or slowly until it is refused. */
export type Manner = "at once" | "in pieces" | "slowly";

/** Sentences of the page that several rules quote. */
export const FRAMING = {
  tls: { section: "framing", quote: "Transport: TLS 1.2 or newer, nothing in clear." },
  text: {
    section: "framing",
    quote:
      "A line is UTF-8 text without control characters (U+0000–U+001F, U+007F), ended by one \\n (0x0A).",
  },
  noReturn: { section: "framing", quote: "No \\r." },
  mark: {
    section: "framing",
    quote:
      "A UTF-8 byte-order mark is text like any other, so it makes a line invalid where a keyword is due.",
  },
  length: {
    section: "framing",
    quote: "MAX_LINE_LENGTH is 1000 bytes, the \\n included.",
  },
  endless: {
    section: "framing",
    quote: "The 1001st byte without a \\n is a violation at once; nothing beyond it is buffered.",
  },
  pieces: { section: "framing", quote: "Bytes may arrive in any pieces." },
  ahead: {
    section: "framing",
    quote:
      "Bytes after the \\n of an answer that are received before the server sends its next line are a violation (no pipelining)",
  },
  beforeHello: { section: "framing", quote: "so are bytes before HELLO." },
  afterOk: { section: "framing", quote: "After OK nothing more is read." },
  close: {
    section: "framing",
    quote:
      "A close in the middle of a line, or a close where a line is due, is a transport error, never an empty line.",
  },
} as const satisfies Record<string, Place>;

export const SESSION: Place = {
  section: "conversation",
  quote: "The server speaks first and asks; the client answers each line with exactly one line.",
};

export const DEADLINE: Place = {
  section: "time-limits",
  quote: "Each step has one absolute deadline, no matter how the bytes dribble in.",
};
