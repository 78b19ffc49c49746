/**
 * Fresh words: tokens and args that nobody can foresee.
 */
import { getRandomValues } from "node:crypto";
import type { Word } from "../wire/message.ts";

/** A character of Base64url stands for so many bits of a random byte's 8. */
const CHARACTER_BITS = 6;

/** Random bytes for many words, since each draw takes long; all before `used` are spent. */
const drawn = Buffer.alloc(4096);
let used = drawn.length;

/** A random word of 1 to 128 characters, from a cryptographic source. */
export function randomWord(length: number): Word {
  const size = Math.ceil((length * CHARACTER_BITS) / 8);
  if (used + size > drawn.length) {
    getRandomValues(drawn);
    used = 0;
  }
  const begin = used;
  used += size;
  return drawn.toString("base64url", begin, used).slice(0, length) as Word;
}
