/**
 * The flags that steer a search, shared by the commands that run one.
 */
import { textFlag, wholeFlag } from "../cli/flag.ts";
import { warn } from "../cli/output.ts";
import { MAX_THREADS, MIN_SUFFIX_LIMIT } from "../search/limits.ts";
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

/** The options of `solve` that these flags set. */
export function searchOptions(flags: {
  readonly threads: number | undefined;
  readonly kernel: string;
  readonly maxSuffix: number;
}) {
  const { threads, kernel, maxSuffix } = flags;
  return {
    kernel,
    maxSuffix,
    onDistrusted: createKernelWarning(),
    ...(threads === undefined ? {} : { threads }),
  };
}

/** Warns about kernels that failed their self-test, about each once. */
export function createKernelWarning(): (kernels: readonly string[]) => void {
  const warned = new Set<string>();
  return (kernels) => {
    for (const kernel of kernels.filter((name) => !warned.has(name))) {
      warned.add(kernel);
      warn(
        `tlslp: warning: the kernel ${kernel} failed its self-test on this machine and is not used\n`,
      );
    }
  };
}
