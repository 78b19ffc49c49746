/**
 * Solving a puzzle. A Worker runs the native search, which blocks it; this thread waits, reports
 * progress, and can cancel.
 */
import { Fault } from "../fault/fault.ts";
import { digestOf, toHex, trailingZeroBits } from "../puzzle/digest.ts";
import { secondsSince } from "../seconds.ts";
import { MAX_WORD_LENGTH } from "../wire/message.ts";
import { type Control, createControl, MAX_THREADS } from "./abi.ts";
import { checkSearch } from "./check-options.ts";
import { type FewerThreads, type Report, type SearchJob, startThread } from "./job.ts";

/** How to search. A wrong value is a fault of the family "usage" that names the option. */
export interface SolveOptions {
  /** How many threads search, 1 to 1024; default: the processors that this process may use. */
  readonly threads?: number | undefined;
  /** Seconds from the start of the search, above 0; default: no limit. */
  readonly timeout?: number | undefined;
  /** Stops the search; `solve` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called about ten times a second while the search runs. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called when the signal stops the search, with the progress until then. */
  readonly onStopped?: ((progress: Progress) => void) | undefined;
  /** Called with kernels that failed their self-test; others search in their place. */
  readonly onDistrusted?: ((kernels: readonly string[]) => void) | undefined;
  /** Called when the system refused to start some of the default threads; the others search. */
  readonly onFewerThreads?: ((threads: FewerThreads) => void) | undefined;
  /** A kernel's name; default "auto": the fastest that this processor has. */
  readonly kernel?: string | undefined;
  /** The longest suffix allowed, 16 to 128 characters; default 128. Shorter ones are slower. */
  readonly maxSuffix?: number | undefined;
  /** Search only part `index` (from 1) of `count` disjoint parts of the keyspace. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  /** Where in the keyspace to begin, 0 to 2⁶⁴ − 1, for runs that repeat; default: random. */
  readonly start?: bigint | undefined;
}

/** How far a search has come. */
export interface Progress {
  /** Candidates hashed so far, by all threads. */
  readonly attempts: number;
  /** Since the start of the search. */
  readonly seconds: number;
}

/** A suffix that solves a puzzle, and how it was found. */
export interface Solution {
  /** The token of the puzzle. */
  readonly token: string;
  /** The zero bits that the puzzle wanted; there may be more. */
  readonly bits: number;
  /** 1 to `maxSuffix` characters of `A–Z a–z 0–9 _ -`. */
  readonly suffix: string;
  /** SHA256(token + suffix), 64 hexadecimal digits. */
  readonly digest: string;
  /** Every candidate that was hashed, by all threads. */
  readonly attempts: number;
  /** How long the search took. */
  readonly seconds: number;
  /** `attempts` divided by `seconds`. */
  readonly hashesPerSecond: number;
  /** The name of the kernel that searched. */
  readonly kernel: string;
  /** How many threads searched. */
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
 *   "internal" when the native library fails; the signal's reason when it aborts; the exception of
 *   a callback, which ends the search
 *
 * @example
 * ```ts
 * const { suffix } = await solve("token", 20, { timeout: 60 });
 * ```
 */
export async function solve(
  token: string,
  bits: number,
  options: SolveOptions = {},
): Promise<Solution> {
  const request = createRequest(token, bits, options);
  options.signal?.throwIfAborted();
  const { task } = request;
  const control = createControl(task.threads);
  const search = await runSearch(request, control, options);
  return checkSolution(task, search, control.attempts());
}

type SearchRequest = Omit<SearchJob, "control">;

interface SearchResult {
  readonly suffix: string;
  readonly kernel: string;
  readonly threads: number;
  readonly seconds: number;
}

function runSearch(
  request: SearchRequest,
  control: Control,
  options: SolveOptions,
): Promise<SearchResult> {
  const { signal, onProgress, onStopped, onDistrusted, onFewerThreads } = options;
  const { promise, resolve, reject } = Promise.withResolvers<SearchResult>();
  let start: number | undefined;
  let ticker: ReturnType<typeof setInterval> | undefined;

  const elapsed = () => (start === undefined ? 0 : secondsSince(start));
  const progress = () => ({ attempts: control.attempts(), seconds: elapsed() });

  /** Calls back; an exception ends the search. */
  function call<T>(callback: ((value: T) => void) | undefined, value: T): void {
    try {
      callback?.(value);
    } catch (thrown) {
      reject(thrown);
      control.cancel();
    }
  }

  function abort(): void {
    control.cancel();
    call(onStopped, progress());
  }

  function onStart(): void {
    start ??= performance.now();
    if (onProgress !== undefined) {
      ticker ??= setInterval(() => call(onProgress, progress()), PROGRESS_INTERVAL);
    }
  }

  function onReport(report: Report): void {
    switch (report.status) {
      case "started":
        onStart();
        break;
      case "distrusted":
        call(onDistrusted, report.kernels);
        break;
      case "fewerThreads":
        call(onFewerThreads, report.threads);
        break;
      case "found": {
        const { suffix, kernel, threads } = report;
        resolve({ suffix, kernel, threads, seconds: elapsed() });
        break;
      }
      case "cancelled":
        reject(signal?.aborted ? signal.reason : new Fault("searchStopped", {}));
        break;
      case "failed":
        reject(new Fault(report.code, report.facts));
    }
  }

  startThread({ ...request, control: control.memory }, onReport, reject);
  signal?.addEventListener("abort", abort);
  return promise.finally(() => {
    clearInterval(ticker);
    signal?.removeEventListener("abort", abort);
  });
}

/** Hashes the suffix again with other code, and returns it as a solution. */
function checkSolution(
  { token, bits }: SearchRequest["task"],
  { suffix, kernel, threads, seconds }: SearchResult,
  attempts: number,
): Solution {
  const digest = digestOf(token, suffix);
  if (trailingZeroBits(digest) < bits) {
    throw new Fault("wrongSolution", { kernel });
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

function createRequest(token: string, bits: number, options: SolveOptions): SearchRequest {
  const puzzle = checkSearch(token, bits, options);
  const {
    threads = Math.min(navigator.hardwareConcurrency, MAX_THREADS),
    timeout = 0,
    kernel = "auto",
    maxSuffix = MAX_WORD_LENGTH,
    shard = { index: 1, count: 1 },
    start = randomStart(),
  } = options;
  if (start < 0n || start >= 2n ** 64n) {
    throw new Fault("notStart", { setting: "start", value: String(start) });
  }
  // With 0 bits the first candidate is a solution, so no time limit may end the search.
  const limit = bits === 0 ? 0 : timeout;
  const task = { ...puzzle, threads, maxSuffix, shard, start, limit };
  return { kind: "search", task, mayUseFewerThreads: options.threads === undefined, kernel };
}

function randomStart(): bigint {
  const [start = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  return start;
}
