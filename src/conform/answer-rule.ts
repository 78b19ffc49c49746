/**
 * A rule that a client's answer breaks, or keeps in an unusual way.
 */
import { type Manner, type Place, type RuleText, type Step, stepName } from "./rule.ts";

/** The line that is to be answered, and the facts for an answer. */
export interface Asked {
  /** The right answer, without its `\n`. */
  readonly answer: string;
  readonly token: string;
  /** The zero bits of the puzzle. */
  readonly bits: number;
}

/** The reaction that the page asks of the server. */
export type ServerDue =
  /** FAIL, and a close. */
  | "FAIL"
  /** A close, with FAIL or without: bytes that were never read can take FAIL from the client. */
  | "close"
  /** The session goes on to its end. */
  | "service";

/** Tried in a session that is right up to a step. */
export interface AnswerRule extends RuleText {
  /** The line of the server that is answered; "start" is before the first. */
  readonly at: Step | "start";
  /** Returns the bytes to send; throws `Untried` where they cannot be made. */
  readonly send: (asked: Asked) => string | Uint8Array;
  readonly manner?: Manner;
  /** Whether the client then ends its stream. */
  readonly ends?: true;
  readonly due: ServerDue;
  /** Whether the reason in FAIL is checked too. */
  readonly checksReason?: true;
}

/** Declares a rule that a wrong answer breaks. */
export function brokenByAnswer(
  place: Place,
  at: Step,
  name: string,
  what: string,
  send: AnswerRule["send"],
): AnswerRule {
  const act = `the client answers ${stepName(at)} with ${what}`;
  return { ...place, id: `server/${name}`, act, at, send, due: "FAIL" };
}

/** Declares a rule that an unusual answer keeps. */
export function keptByAnswer(...declaration: Parameters<typeof brokenByAnswer>): AnswerRule {
  return { ...brokenByAnswer(...declaration), due: "service" };
}
