/**
 * Solving a puzzle: one Worker holds the native search, this thread waits, watches and may cancel.
 */

import { MAX_LIMIT } from "../deadline.ts";
import { oldFault } from "../fault/fault.ts";
import { quoted } from "../fault/printable.ts";
import { digestOf, toHex, trailingZeroBits } from "../puzzle/digest.ts";
import { isBits, isWord, MAX_BITS, MAX_WORD_LENGTH } from "../wire/message.ts";
import { type Control, createControl } from "./abi.ts";
import { MAX_SHARDS, MAX_THREADS, MIN_SUFFIX_LIMIT } from "./limits.ts";
import { startThread } from "./thread.ts";
import type { Report, SearchJob } from "./worker.ts";

export interface SolveOptions {
  /** How many threads search; default: the processors that this process may use. */
  readonly threads?: number | undefined;
  /** Seconds from the start of the search, above 0; default: none. */
  readonly timeout?: number | undefined;
  /** Stops the search; `solve` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called about ten times a second while the search runs. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called when the signal stops the search, with what was done until then. */
  readonly onStopped?: ((progress: Progress) => void) | undefined;
  /** Called with kernels that failed their self-test, before others search in their place. */
  readonly onDistrusted?: ((kernels: readonly string[]) => void) | undefined;
  /** A kernel's name; default "auto": the fastest that this processor has. */
  readonly kernel?: string | undefined;
  /** The longest suffix allowed, 16 to 128 characters; default 128. Shorter ones are slower. */
  readonly maxSuffix?: number | undefined;
  /** Search only part `index` (from 1) of `count` disjoint parts of the keyspace. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  /** Where in the keyspace to begin, 0 to 2⁶⁴ − 1, for runs that repeat; default: random. */
  readonly start?: bigint | undefined;
}

export interface Progress {
  /** Candidates hashed so far, by all threads. */
  readonly attempts: number;
  /** Since the start of the search. */
  readonly seconds: number;
}

export interface Solution {
  readonly token: string;
  readonly bits: number;
  readonly suffix: string;
  /** SHA256(token + suffix), 64 hexadecimal digits. */
  readonly digest: string;
  /** Every candidate that was hashed, by all threads. */
  readonly attempts: number;
  readonly seconds: number;
  readonly hashesPerSecond: number;
  readonly kernel: string;
  readonly threads: number;
}

/** Milliseconds. */
const PROGRESS_INTERVAL = 100;

/**
 * Finds a suffix such that SHA256(token + suffix) ends with `bits` zero bits. The expected number
 * of candidates is 2^bits.
 *
 * @param token 1 to 128 characters of `A–Z a–z 0–9 _ -`
 * @param bits 0 to 64
 * @throws {Fault} of the family "usage" for arguments out of range, "timeout" when the time is up,
 *   "internal" when the native library fails; the signal's reason when it aborts; what a callback
 *   throws, which ends the search
 */
export async function solve(
  token: string,
  bits: number,
  options: SolveOptions = {},
): Promise<Solution> {
  const request = checkRequest(token, bits, options);
  options.signal?.throwIfAborted();
  const control = createControl(request.task.threads);
  const search = await runWorker(request, control, options);
  return verified(token, bits, search, control.attempts());
}

interface Search {
  readonly suffix: string;
  readonly kernel: string;
  readonly threads: number;
  readonly seconds: number;
}

function runWorker(
  request: Omit<SearchJob, "control">,
  control: Control,
  { timeout, signal, onProgress, onStopped, onDistrusted }: SolveOptions,
): Promise<Search> {
  const job: SearchJob = { ...request, control: control.memory };
  const { promise, resolve, reject } = Promise.withResolvers<Search>();
  let begun: number | undefined;
  let stopped: { readonly reason: unknown } | undefined;
  let ticker: ReturnType<typeof setInterval> | undefined;

  const elapsed = () => (begun === undefined ? 0 : (performance.now() - begun) / 1000);
  const progress = () => ({ attempts: control.attempts(), seconds: elapsed() });

  function tell<T>(callback: (what: T) => void, what: T): void {
    try {
      callback(what);
    } catch (thrown) {
      reject(thrown);
      control.cancel();
    }
  }

  function abort(): void {
    stopped = { reason: signal?.reason };
    control.cancel();
    if (onStopped !== undefined) {
      tell(onStopped, progress());
    }
  }

  function onStart(): void {
    begun = performance.now();
    if (onProgress !== undefined) {
      ticker = setInterval(() => tell(onProgress, progress()), PROGRESS_INTERVAL);
    }
  }

  function onReport(report: Report): void {
    if (report.status === "started") {
      onStart();
    } else if (report.status === "distrusted") {
      tell((kernels) => onDistrusted?.(kernels), report.kernels);
    } else if (report.status === "found") {
      const { suffix, kernel, threads } = report;
      resolve({ suffix, kernel, threads, seconds: elapsed() });
    } else if (report.status === "cancelled") {
      reject(stopped?.reason ?? oldFault("internal", "the search stopped by itself"));
    } else if (report.status === "timedOut") {
      reject(oldFault("timeout", `no solution within ${timeout} s`));
    } else if (report.status === "failed") {
      reject(oldFault(report.family, report.message, { hint: report.hint }));
    }
  }

  startThread(job, onReport, reject);
  signal?.addEventListener("abort", abort);
  return promise.finally(() => {
    clearInterval(ticker);
    signal?.removeEventListener("abort", abort);
  });
}

/** No one's word is taken for a solution: it is hashed again, by other code. */
function verified(
  token: string,
  bits: number,
  { suffix, kernel, threads, seconds }: Search,
  attempts: number,
): Solution {
  const digest = digestOf(token, suffix);
  if (trailingZeroBits(digest) < bits) {
    throw oldFault("internal", `the kernel ${kernel} found a suffix that is wrong`);
  }
  const hashesPerSecond = seconds > 0 ? attempts / seconds : 0;
  return {
    token,
    bits,
    suffix,
    digest: toHex(digest),
    attempts,
    seconds,
    hashesPerSecond,
    kernel,
    threads,
  };
}

function checkRequest(
  token: string,
  bits: number,
  options: SolveOptions,
): Omit<SearchJob, "control"> {
  const {
    threads = Math.min(navigator.hardwareConcurrency, MAX_THREADS),
    timeout,
    kernel = "auto",
    maxSuffix = 128,
    shard = { index: 1, count: 1 },
    start = randomStart(),
  } = options;
  require(isWord(token), `token ${quoted(token)} is not 1 to 128 characters of A-Z a-z 0-9 _ -`);
  require(isBits(bits), `bits ${bits} is not a whole number from 0 to ${MAX_BITS}`);
  requireWhole("threads", threads, 1, MAX_THREADS);
  requireWhole("maxSuffix", maxSuffix, MIN_SUFFIX_LIMIT, MAX_WORD_LENGTH);
  requireWhole("shard count", shard.count, 1, MAX_SHARDS);
  requireWhole("shard index", shard.index, 1, shard.count);
  require(timeout === undefined ||
    (timeout > 0 &&
      timeout <= MAX_LIMIT), `timeout ${timeout} is not above 0 and at most ${MAX_LIMIT} seconds`);
  require(start >= 0n && start < 2n ** 64n, `start ${start} is not from 0 to 2^64 - 1`);
  // Without a bit to find there is nothing that could take time: the first candidate will do.
  const limit = bits === 0 ? 0 : (timeout ?? 0);
  const task = { token, bits, threads, maxSuffix, shard, start, limit };
  return { kind: "search", task, withinQuota: options.threads === undefined, kernel };
}

function randomStart(): bigint {
  const [start = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  return start;
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  require(Number.isInteger(value) &&
    value >= least &&
    value <= most, `${name} ${value} is not a whole number from ${least} to ${most}`);
}

function require(condition: boolean, message: string): asserts condition {
  if (!condition) {
    throw oldFault("usage", message);
  }
}
