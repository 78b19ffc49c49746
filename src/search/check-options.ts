/**
 * The checks of a search's options, for every way to run one.
 */
import { checkBits, checkSeconds, checkWhole, checkWord } from "../options.ts";
import { type Bits, MAX_WORD_LENGTH, type Word } from "../wire/message.ts";
import { MAX_SHARDS, MAX_THREADS, MIN_SUFFIX_LIMIT } from "./abi.ts";

interface CheckedOptions {
  readonly threads?: number | undefined;
  readonly timeout?: number | undefined;
  readonly maxSuffix?: number | undefined;
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
}

/** Returns the puzzle. Throws a usage fault for the first option that is out of its range. */
export function checkSearch(
  token: string,
  bits: number,
  { threads, timeout, maxSuffix, shard }: CheckedOptions,
): { readonly token: Word; readonly bits: Bits } {
  const puzzle = { token: checkWord("token", token), bits: checkBits("bits", bits) };
  if (threads !== undefined) {
    checkWhole("threads", threads, 1, MAX_THREADS);
  }
  if (maxSuffix !== undefined) {
    checkWhole("maxSuffix", maxSuffix, MIN_SUFFIX_LIMIT, MAX_WORD_LENGTH);
  }
  if (shard !== undefined) {
    checkWhole("shard", shard.count, 1, MAX_SHARDS);
    checkWhole("shard", shard.index, 1, shard.count);
  }
  if (timeout !== undefined) {
    checkSeconds("timeout", timeout);
  }
  return puzzle;
}
