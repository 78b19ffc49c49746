/**
 * How a kind of failure is defined: its family, and the sentence that tells a person about it.
 */

/** Every family, see `Family`. */
export const FAMILIES = [
  "usage",
  "transport",
  "protocol",
  "timeout",
  "refused",
  "internal",
] as const;
/**
 * The family of a failure:
 *
 * - `usage`: the caller's mistake (options, files, configuration)
 * - `transport`: the network, TLS or a certificate failed, or the peer closed
 * - `protocol`: the peer broke the protocol
 * - `timeout`: a time limit passed
 * - `refused`: the peer sent FAIL
 * - `internal`: a failure of this program or this machine
 */
export type Family = (typeof FAMILIES)[number];

/**
 * Text that a peer sent. It may be personal, so it turns into `"…"` wherever it is made a string
 * by accident; only `Voice.peer` decides whether to show it.
 */
export class PeerText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the text as it was sent, unescaped. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }
}

/** Shown in place of a peer's text. */
export const HIDDEN = '"…"';

/** How a sentence names settings, and whether it repeats the text of a peer. */
export interface Voice {
  /** The name of an option: `maxBits` for the library, `--max-bits` on the command line. */
  readonly setting: (key: string) => string;
  /** The text, made fit to be shown by `show` (default: quoted and shortened), or `HIDDEN`. */
  readonly peer: (text: PeerText, show?: (text: string) => string) => string;
}

/** One kind of failure. `say` returns one line: what was wrong and what would be right. */
export interface Definition<Facts> {
  readonly family: Family | ((facts: Facts) => Family);
  readonly say: (facts: Facts, voice: Voice) => string;
}

/** Keeps the type of the facts, which is that of the sentence's first parameter. */
export function define<Facts = Record<never, never>>(
  family: Definition<Facts>["family"],
  say: Definition<Facts>["say"],
): Definition<Facts> {
  return { family, say };
}

function ofFamily(family: Family) {
  return <Facts = Record<never, never>>(say: Definition<Facts>["say"]) => define(family, say);
}

/** Each defines a failure of its family; see `FAMILIES`. */
export const usage = ofFamily("usage");
export const transport = ofFamily("transport");
export const protocol = ofFamily("protocol");
export const timeout = ofFamily("timeout");
export const refused = ofFamily("refused");
export const internal = ofFamily("internal");
