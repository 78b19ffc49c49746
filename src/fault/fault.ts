/**
 * Failures as values. Every failure that a user can meet is a `Fault`; any other error that is
 * thrown is a bug, and `toFault` makes it a fault of the family "internal".
 *
 * A fault carries a code and facts, and no prose. Its sentence is made where it is printed, from
 * the table in sentences/ and in one of three voices: the library names options, the command line
 * names flags or variables (src/cli/), and the log hides the text of peers.
 */
import { type Definition, type Family, HIDDEN, type Voice } from "./define.ts";
import { quoted } from "./printable.ts";
import { SENTENCES } from "./sentences/sentences.ts";

/** The name of a kind of failure, such as "timedOut". */
export type FaultCode = keyof typeof SENTENCES;

/** The facts of a fault of this code. */
export type FaultFacts<C extends FaultCode> =
  (typeof SENTENCES)[C] extends Definition<infer Facts> ? Facts : never;

interface FaultDetails {
  /** The error that was caught, for debugging. */
  readonly cause?: unknown;
  /** See `Fault.endpoint`. */
  readonly endpoint?: string;
}

/**
 * One failure. `message` is its sentence: one line, which names options as programs write them.
 *
 * @example
 * ```ts
 * try {
 *   await solve("token", 40, { timeout: 60 });
 * } catch (error) {
 *   if (error instanceof Fault && error.family === "timeout") {
 *     console.log("not in a minute");
 *   }
 * }
 * ```
 */
export class Fault<C extends FaultCode = FaultCode> extends Error {
  /** Always "Fault". */
  override readonly name = "Fault";
  /** The family of the failure, which decides the exit code of a command. */
  readonly family: Family;
  /** The kind of failure. */
  readonly code: C;
  /** The values in the message, by their names; those of each code are other ones. */
  readonly facts: FaultFacts<C>;

  /** The other end of the connection that failed, as `host:port`, where that helps. */
  readonly endpoint: string | undefined;

  constructor(code: C, facts: FaultFacts<C>, { cause, endpoint }: FaultDetails = {}) {
    super(say(code, facts, LIBRARY_VOICE, endpoint), cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = facts;
    this.endpoint = endpoint;
    const { family } = definitionOf(code);
    this.family = typeof family === "function" ? family(facts) : family;
  }
}

/** The options whose keys are names of flags. */
const LIBRARY_NAMES: Readonly<Record<string, string>> = {
  insecure: 'trust "anybody"',
  caCert: "trust",
};

/** Names options as programs write them, and quotes what peers sent. */
export const LIBRARY_VOICE: Voice = {
  setting: (key) => LIBRARY_NAMES[key] ?? key,
  peer: (text, show = quoted) => show(text.reveal()),
};

/** The same, with every text of a peer hidden: for logs. */
export const HIDING_VOICE: Voice = { ...LIBRARY_VOICE, peer: () => HIDDEN };

/** Returns the sentence of a fault: one line, lower case, no full stop. */
export function sentenceOf(fault: Fault, voice: Voice): string {
  return say(fault.code, fault.facts, voice, fault.endpoint);
}

/** Whether a thrown value is a fault of this code. */
export function isFault<C extends FaultCode>(thrown: unknown, code: C): thrown is Fault<C> {
  return thrown instanceof Fault && thrown.code === code;
}

/** Makes a fault of whatever was thrown; a fault stays itself. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) {
    return thrown;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault("unexpected", { message: message || "unknown failure" }, { cause: thrown });
}

/** Returned by `errorCode` for an error without a code. */
export const NO_CODE = "unknown error";

/** Returns the operating system's name for an error, such as ENOENT. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : NO_CODE;
}

function say<C extends FaultCode>(
  code: C,
  facts: FaultFacts<C>,
  voice: Voice,
  endpoint: string | undefined,
): string {
  const sentence = definitionOf(code).say(facts, voice);
  return endpoint === undefined ? sentence : `${endpoint}: ${sentence}`;
}

/**
 * Returns a code's definition, with the type of its facts, which the table's type does not show.
 */
function definitionOf<C extends FaultCode>(code: C): Definition<FaultFacts<C>> {
  return SENTENCES[code] as unknown as Definition<FaultFacts<C>>;
}
