/**
 * Random words: tokens and args that a peer cannot foresee.
 */
import { getRandomValues } from "node:crypto";
import type { Word } from "../wire/message.ts";

/** A character of Base64url carries 6 of a byte's 8 bits. */
const CHARACTER_BITS = 6;

/**
 * Returns a random word of 1 to 128 characters, from a cryptographic source. It does not begin with
 * a dash, because a person may paste it into a command line, where a dash begins a flag.
 */
export function randomWord(length: number): Word {
  const bytes = Buffer.alloc(Math.ceil((length * CHARACTER_BITS) / 8));
  let word: string;
  do {
    word = getRandomValues(bytes).toString("base64url").slice(0, length);
  } while (word.startsWith("-"));
  return word as Word;
}
