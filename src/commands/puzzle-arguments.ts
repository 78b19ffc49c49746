/**
 * The arguments of the commands that are about one puzzle.
 */
import { readWhole } from "../cli/flag.ts";
import { checkWord } from "../options.ts";
import { type Bits, MAX_BITS, type Word } from "../wire/message.ts";

export const TOKEN = {
  name: "token",
  help: "1 to 128 characters of A-Z a-z 0-9 _ -",
  read: (text: string, setting: string): Word => checkWord(setting, text),
} as const;

export const BITS = {
  name: "bits",
  help: `the zero bits wanted, 0 to ${MAX_BITS}`,
  read: (text: string, setting: string) => readWhole(text, setting, 0, MAX_BITS) as Bits,
} as const;
