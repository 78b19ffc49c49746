/**
 * Fresh words: tokens and args that nobody can foresee.
 */
import { randomBytes } from "node:crypto";
import type { Word } from "../wire/message.ts";

/** 64 characters, so that 6 bits of a random byte choose one without bias. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/** A random word of 1 to 128 characters, from a cryptographic source. */
export function randomWord(length: number): Word {
  const characters = Array.from(randomBytes(length), (byte) => ALPHABET.charAt(byte & 63));
  return characters.join("") as Word;
}
