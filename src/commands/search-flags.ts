/**
 * The flags that steer a search, shared by the commands that run one.
 */
import { textFlag, wholeFlag } from "../cli/flag.ts";
import { warn } from "../cli/output.ts";
import { Fault, oldFault } from "../fault/fault.ts";
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

/** The options of `solve` that these flags stand for. */
export function searchOptions(flags: {
  readonly threads: number | undefined;
  readonly kernel: string;
  readonly maxSuffix: number;
}) {
  const { threads, kernel, maxSuffix } = flags;
  return {
    kernel,
    maxSuffix,
    onDistrusted: warnOf,
    ...(threads === undefined ? {} : { threads }),
  };
}

const warned = new Set<string>();

/** Warns of kernels that failed their self-test, of each once: a command may search many times. */
export function warnOf(kernels: readonly string[]): void {
  for (const kernel of kernels.filter((name) => !warned.has(name))) {
    warned.add(kernel);
    warn(
      `tlslp: warning: the kernel ${kernel} failed its self-test on this machine and is not used\n`,
    );
  }
}

/**
 * Throws what a search threw, and a usage fault with the flag's name: of these flags only the kernel
 * can be wrong after they were read, because it takes the native library to know which there are.
 */
export function nameKernelFlag(thrown: unknown): never {
  throw thrown instanceof Fault && thrown.family === "usage"
    ? oldFault("usage", `--${SEARCH_FLAGS.kernel.name}: ${thrown.message}`, { cause: thrown })
    : thrown;
}
