/**
 * A rule that a server breaks, or keeps in an unusual way, to test a client.
 */
import {
  type HandshakeRule,
  type Manner,
  type Place,
  type RuleText,
  type Step,
  stepName,
} from "./rule.ts";

/** The server's lines in a right session, in order. */
export const LINES = {
  HELLO: "HELLO",
  WORK: "WORK a-token_1 8",
  REQUEST: "FULL_NAME an-arg_1",
  DONE: "DONE",
} as const satisfies Record<Step, string>;

/** The server breaks the rule in place of a line; the client must give up, and say so. */
export interface BreachRule extends RuleText {
  readonly at: Step;
  /** Each is sent as a record of its own. */
  readonly sends: readonly (string | Uint8Array)[];
  readonly manner?: Manner;
  /** Whether the server then ends its stream. */
  readonly ends?: true;
  /** Whether the client may answer one line before it sees the breach. */
  readonly mayAnswer?: true;
}

/** The server keeps the rule in an unusual way; the client must go on to the end. */
export interface KeptRule extends RuleText {
  readonly lines: readonly string[];
  readonly manner?: Manner;
  /** Sent after the client's OK. */
  readonly afterOk?: string;
}

export type ClientRule = BreachRule | KeptRule | HandshakeRule;

/** Declares a rule that one line of the server breaks, or that ends the session. */
export function brokenByLine(place: Place, at: Step, name: string, line: string): BreachRule {
  const act = `the server sends ${JSON.stringify(line.slice(0, -1))} where ${stepName(at)} is due`;
  return { ...place, id: `client/${name}`, act, at, sends: [line] };
}
