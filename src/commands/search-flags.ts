/**
 * The flags that steer a search, shared by the commands that run one.
 */
import { type FlagValues, textFlag, wholeFlag } from "../cli/flag.ts";
import { printNote } from "../cli/output.ts";
import type { Log } from "../log/log.ts";
import { MAX_THREADS, MIN_SUFFIX_LIMIT } from "../search/abi.ts";
import type { SolveOptions } from "../search/solve.ts";
import { MAX_WORD_LENGTH } from "../wire/message.ts";

const GROUP = "Search";

export const SEARCH_FLAGS = {
  threads: wholeFlag({
    name: "threads",
    placeholder: "N",
    fallback: undefined,
    least: 1,
    most: MAX_THREADS,
    group: GROUP,
    shownDefault: "the processors this process may use",
    help: "how many threads search",
  }),
  kernel: textFlag({
    name: "kernel",
    placeholder: "NAME",
    fallback: "auto",
    offers: async () => (await import("../search/kernels.ts")).kernelChoices(),
    group: GROUP,
    help: "the search kernel; auto takes the fastest that this processor has",
  }),
  maxSuffix: wholeFlag({
    name: "max-suffix",
    placeholder: "N",
    fallback: MAX_WORD_LENGTH,
    least: MIN_SUFFIX_LIMIT,
    most: MAX_WORD_LENGTH,
    group: GROUP,
    help: "longest suffix allowed, for peers that accept only short ones",
  }),
} as const;

/** Returns the options of `solve` that these flags set. */
export function searchOptions(flags: FlagValues<typeof SEARCH_FLAGS>): SolveOptions {
  const { threads, kernel, maxSuffix } = flags;
  return { threads, kernel, maxSuffix };
}

type SearchWarnings = Pick<SolveOptions, "onDistrusted" | "onFewerThreads">;

/** Returns callbacks that warn in the log. */
export function logSearchWarnings(log: Log): SearchWarnings {
  return {
    onDistrusted: (kernels) =>
      log.warn("search kernels failed their self-test and are not used", {
        kernels: kernels.join(","),
      }),
    onFewerThreads: ({ wanted, started }) =>
      log.warn("the system allows fewer search threads", { wanted, threads: started }),
  };
}

/** Returns callbacks that warn on stderr, once about each problem. */
export function printSearchWarnings(): SearchWarnings {
  const warned = new Set<string>();
  function warnOnce(problem: string): void {
    if (!warned.has(problem)) {
      warned.add(problem);
      printNote(`tlslp: warning: ${problem}\n`);
    }
  }
  return {
    onDistrusted(kernels) {
      for (const kernel of kernels) {
        warnOnce(`the kernel ${kernel} failed its self-test on this machine and is not used`);
      }
    },
    onFewerThreads: ({ wanted, started }) =>
      warnOnce(`the system does not allow ${wanted} threads; searching with ${started}`),
  };
}
