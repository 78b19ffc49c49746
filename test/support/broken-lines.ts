/**
 * The ways to break any line, of a client or a server.
 */

/** Makes a broken line, with its `\n`, from a correct one without. */
export type Breakage = (line: string) => string | Uint8Array;
/** By the name of each breakage: how to make it, and the reason with which it is refused. */
export type Breakages = Readonly<Record<string, readonly [Breakage, string]>>;

const CONTROL = "line holds the control character";
const NOT_UTF8 = "line is not valid UTF-8";
const TOO_LONG = "line is longer than 1000 bytes";

export const BROKEN_LINES: Breakages = {
  "a carriage return at its end": [
    (answer) => `${answer}\r\n`,
    "line holds a carriage return (U+000D); lines end with a line feed alone",
  ],
  "a carriage return within": [
    (answer) => `\r${answer}\n`,
    "line holds a carriage return (U+000D); lines end with a line feed alone",
  ],
  "a NUL": [(answer) => `${answer}\0\n`, `${CONTROL} U+0000`],
  "a tab": [(answer) => `\t${answer}\n`, `${CONTROL} U+0009`],
  "an escape": [(answer) => `\x1b[2J${answer}\n`, `${CONTROL} U+001B`],
  "a unit separator": [(answer) => `${answer}\x1f\n`, `${CONTROL} U+001F`],
  "a DEL": [(answer) => `${answer}\x7f\n`, `${CONTROL} U+007F`],
  "a byte that is no UTF-8": [(answer) => bytes(answer, [0xff, 0x0a]), NOT_UTF8],
  "an overlong NUL": [(answer) => bytes(answer, [0xc0, 0x80, 0x0a]), NOT_UTF8],
  "an overlong slash": [(answer) => bytes(answer, [0xe0, 0x80, 0xaf, 0x0a]), NOT_UTF8],
  "a surrogate": [(answer) => bytes(answer, [0xed, 0xa0, 0x80, 0x0a]), NOT_UTF8],
  "a character beyond U+10FFFF": [
    (answer) => bytes(answer, [0xf4, 0x90, 0x80, 0x80, 0x0a]),
    NOT_UTF8,
  ],
  "half a character at its end": [(answer) => bytes(answer, [0xe2, 0x82, 0x0a]), NOT_UTF8],
  "1001 bytes, the newline included": [(answer) => `${answer.padEnd(1000, "A")}\n`, TOO_LONG],
  "1001 bytes without a newline": [(answer) => answer.padEnd(1001, "A"), TOO_LONG],
  "a megabyte without a newline": [(answer) => answer.padEnd(1_000_000, "A"), TOO_LONG],
};

function bytes(text: string, more: readonly number[]): Uint8Array {
  return Buffer.concat([Buffer.from(text), Buffer.from(more)]);
}
