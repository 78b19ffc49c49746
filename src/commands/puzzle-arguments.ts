/**
 * The positionals of the commands that are about one puzzle.
 */
import { readWhole, refuse } from "../cli/flag.ts";
import { Fault } from "../fault.ts";
import { type Bits, isBits, isWord, MAX_BITS, type Word } from "../wire/message.ts";

export const TOKEN = { name: "token", help: "1 to 128 characters of A-Z a-z 0-9 _ -" } as const;
export const BITS = { name: "bits", help: `the zero bits wanted, 0 to ${MAX_BITS}` } as const;

/** Throws a usage fault for text that is no token. */
export function readToken(text = ""): Word {
  return isWord(text) ? text : named("<token>", () => refuse(text, `is not ${TOKEN.help}`));
}

/** Throws a usage fault for text that is no number of bits. */
export function readBits(text = ""): Bits {
  const bits = named("<bits>", () => readWhole(text, 0, MAX_BITS));
  return isBits(bits) ? bits : refuse(text, "is out of range");
}

function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw thrown instanceof Fault ? new Fault("usage", `${name}: ${thrown.message}`) : thrown;
  }
}
