/**
 * The positionals of the commands that are about one puzzle.
 */
import { readWhole, refuse } from "../cli/flag.ts";
import { type Bits, isBits, isWord, MAX_BITS, type Word } from "../wire/message.ts";

const TOKEN_HELP = "1 to 128 characters of A-Z a-z 0-9 _ -";

export const TOKEN = {
  name: "token",
  help: TOKEN_HELP,
  read: (text: string): Word => (isWord(text) ? text : refuse(text, `is not ${TOKEN_HELP}`)),
} as const;

export const BITS = {
  name: "bits",
  help: `the zero bits wanted, 0 to ${MAX_BITS}`,
  read: (text: string): Bits => {
    const bits = readWhole(text, 0, MAX_BITS);
    return isBits(bits) ? bits : refuse(text, "is out of range");
  },
} as const;
