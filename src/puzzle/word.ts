/**
 * Fresh words: tokens and args that nobody can foresee.
 */
import { getRandomValues } from "node:crypto";
import type { Word } from "../wire/message.ts";

/** A character of Base64url stands for so many bits of a random byte's 8. */
const CHARACTER_BITS = 6;

/** A random word of 1 to 128 characters, from a cryptographic source. */
export function randomWord(length: number): Word {
  const bytes = Buffer.alloc(Math.ceil((length * CHARACTER_BITS) / 8));
  return getRandomValues(bytes).toString("base64url").slice(0, length) as Word;
}
