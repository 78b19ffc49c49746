/**
 * What a tutorial fixes, so that each run says the same as the one in the documentation.
 */
import type { SolveOptions } from "../search/solve.ts";
import type { Word } from "../wire/message.ts";

export const TUTORIAL_TOKEN =
  "gkcjcibIFynKssuJnJpSrgvawiVjLjEbdFuYQzuWROTeTaSmqFCAzuwkwLCRgIIq" as Word;
export const TUTORIAL_ARG = "LGTk" as Word;

/** Each kernel has an order of its own, and of several threads any may be first. */
export const TUTORIAL_SEARCH = {
  threads: 1,
  kernel: "portable",
  start: 0n,
} as const satisfies SolveOptions;
