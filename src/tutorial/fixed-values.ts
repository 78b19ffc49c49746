/**
 * The values that a tutorial fixes: each run shows the same as the one in the documentation.
 */
import type { SolveOptions } from "../search/solve.ts";
import type { Word } from "../wire/message.ts";

export const TUTORIAL_TOKEN =
  "gkcjcibIFynKssuJnJpSrgvawiVjLjEbdFuYQzuWROTeTaSmqFCAzuwkwLCRgIIq" as Word;
export const TUTORIAL_ARG = "LGTk" as Word;

/** One thread and one kernel: each kernel searches in an order of its own, and so do threads. */
export const TUTORIAL_SEARCH = {
  threads: 1,
  kernel: "portable",
  start: 0n,
} as const satisfies SolveOptions;
