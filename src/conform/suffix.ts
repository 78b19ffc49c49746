/**
 * Suffixes that the search engine does not make: wrong ones, and ones of other characters.
 */
import { isSolution } from "../puzzle/digest.ts";
import { Untried } from "./rule.ts";

/** The most bits for which a suffix is found without the engine, in a fraction of a second. */
export const MAX_PLAIN_BITS = 16;

/**
 * Returns a text that begins with `start`, and that solves the puzzle of a token.
 *
 * @param length bytes; default: as short as it comes
 * @throws {Untried} when the puzzle has more than `MAX_PLAIN_BITS`
 */
export function findSuffix(token: string, bits: number, start: string, length = 0): string {
  if (bits > MAX_PLAIN_BITS) {
    throw new Untried(`the puzzle has ${bits} bits, and this rule needs ${MAX_PLAIN_BITS} at most`);
  }
  return find(start, length, (suffix) => isSolution(token, suffix, bits));
}

/** Returns a text that does not solve the puzzle of a token. */
export function findWrongSuffix(token: string, bits: number): string {
  if (bits === 0) {
    throw new Untried("the puzzle has 0 bits, so no suffix is wrong");
  }
  return find("wrong", 0, (suffix) => !isSolution(token, suffix, bits));
}

function find(start: string, length: number, isRight: (suffix: string) => boolean): string {
  for (let number = 0; ; number += 1) {
    const suffix = start + `${number}`.padStart(length - start.length, "0");
    if (isRight(suffix)) {
      return suffix;
    }
  }
}
