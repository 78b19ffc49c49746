/**
 * The ways to break the framing of any line, of a client or a server.
 */
import { FRAMING, type Place } from "./rule.ts";

interface BrokenLine extends Place {
  readonly name: string;
  /** The rest of "sends a line with …". */
  readonly what: string;
  /** Makes the broken line from a right one without its `\n`. */
  readonly breakLine: (line: string) => string | Uint8Array;
}

export const BROKEN_LINES: readonly BrokenLine[] = [
  { ...FRAMING.text, name: "nul", what: "a NUL at its end", breakLine: (line) => `${line}\0\n` },
  { ...FRAMING.text, name: "tab", what: "a tab at its end", breakLine: (line) => `${line}\t\n` },
  {
    ...FRAMING.text,
    name: "unit-separator",
    what: "a unit separator (U+001F) at its end",
    breakLine: (line) => `${line}\x1f\n`,
  },
  {
    ...FRAMING.text,
    name: "delete",
    what: "a DEL at its end",
    breakLine: (line) => `${line}\x7f\n`,
  },
  {
    ...FRAMING.noReturn,
    name: "carriage-return",
    what: "a carriage return at its end",
    breakLine: (line) => `${line}\r\n`,
  },
  {
    ...FRAMING.text,
    name: "not-utf8",
    what: "the byte 0xFF at its end",
    breakLine: (line) => withBytes(line, [0xff]),
  },
  {
    ...FRAMING.text,
    name: "overlong-utf8",
    what: "an overlong form of U+0000 at its end",
    breakLine: (line) => withBytes(line, [0xc0, 0x80]),
  },
  {
    ...FRAMING.text,
    name: "surrogate",
    what: "half of a surrogate pair, as UTF-8, at its end",
    breakLine: (line) => withBytes(line, [0xed, 0xa0, 0x80]),
  },
  {
    ...FRAMING.mark,
    name: "byte-order-mark",
    what: "a byte-order mark before it",
    breakLine: (line) => `\ufeff${line}\n`,
  },
  {
    ...FRAMING.length,
    name: "long-line",
    what: "1001 bytes, its newline included",
    breakLine: (line) => `${line.padEnd(1000, "A")}\n`,
  },
  {
    ...FRAMING.endless,
    name: "endless-line",
    what: "1001 bytes and no newline",
    breakLine: (line) => line.padEnd(1001, "A"),
  },
];

/** Returns a line of text with bytes at its end that are no text, and its `\n`. */
function withBytes(line: string, bytes: readonly number[]): Uint8Array {
  return Buffer.concat([Buffer.from(line), Buffer.from([...bytes, 0x0a])]);
}
