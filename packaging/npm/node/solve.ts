/**
 * Solving a puzzle under Node: the executable of the platform package searches.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { Fault, toFault } from "../../../src/fault/fault.ts";
import { checkSearch } from "../../../src/search/check-options.ts";
import { findExecutable } from "../platform.ts";
import { verify } from "./digest.ts";

export interface SolveOptions {
  /** How many threads search; default: the processors that this process may use. */
  readonly threads?: number;
  /** Seconds from the start of the search, above 0; default: none. */
  readonly timeout?: number;
  /** Stops the search; `solve` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** A kernel's name; default "auto": the fastest that this processor has. */
  readonly kernel?: string;
  /** The longest suffix allowed, 16 to 128 characters; default 128. Shorter ones are slower. */
  readonly maxSuffix?: number;
  /** Search only part `index` (from 1) of `count` disjoint parts of the keyspace. */
  readonly shard?: { readonly index: number; readonly count: number };
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

/** Exit codes of the executable. */
const USAGE = 2;
const TIMEOUT = 5;

/**
 * Finds a suffix such that SHA256(token + suffix) ends with `bits` zero bits. The expected number
 * of candidates is 2^bits.
 *
 * @param token 1 to 128 characters of `A–Z a–z 0–9 _ -`
 * @param bits 0 to 64
 * @throws {Fault} of the family "usage" for arguments out of range, "timeout" when the time is up,
 *   "internal" when the executable fails; the signal's reason when it aborts
 */
export async function solve(
  token: string,
  bits: number,
  options: SolveOptions = {},
): Promise<Solution> {
  const { signal } = options;
  signal?.throwIfAborted();
  checkSearch(token, bits, options);
  const { code, stdout, stderr } = await runExecutable(toArguments(token, bits, options), signal);
  signal?.throwIfAborted();
  if (code !== 0) {
    throw failure(code, stderr, options);
  }
  return readSolution(stdout);
}

function toArguments(token: string, bits: number, options: SolveOptions): readonly string[] {
  const { threads, timeout, kernel, maxSuffix, shard } = options;
  const flags = {
    threads,
    timeout,
    kernel,
    "max-suffix": maxSuffix,
    shard: shard && `${shard.index}/${shard.count}`,
  };
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  const values = given.map(([name, value]) => `--${name}=${value}`);
  return ["solve", "--json", "--quiet", ...values, "--", token, String(bits)];
}

async function runExecutable(args: readonly string[], signal: AbortSignal | undefined) {
  const child = startExecutable(args);
  const stop = () => void child.kill();
  signal?.addEventListener("abort", stop);
  process.on("exit", stop);
  try {
    const [[code], stdout, stderr] = await Promise.all([
      once(child, "close"),
      text(child.stdout),
      text(child.stderr),
    ]);
    return { code: code as number | null, stdout, stderr };
  } catch (thrown) {
    throw toFault(thrown);
  } finally {
    signal?.removeEventListener("abort", stop);
    process.off("exit", stop);
  }
}

function startExecutable(args: readonly string[]) {
  // The variables of the command line are not meant for the library.
  const variables = Object.entries(process.env).filter(([name]) => !name.startsWith("TLSLP_"));
  try {
    return spawn(findExecutable(), args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: Object.fromEntries(variables),
    });
  } catch (thrown) {
    throw toFault(thrown);
  }
}

/** Returns the fault for an executable that found no solution. */
function failure(code: number | null, stderr: string, { kernel, timeout }: SolveOptions): Fault {
  if (code === TIMEOUT && timeout !== undefined) {
    return new Fault("noSolutionInTime", { seconds: timeout });
  }
  // All other options were checked before: only the executable knows its kernels.
  if (code === USAGE && kernel !== undefined) {
    return new Fault("kernelRefused", { kernel });
  }
  const [, message] = /^tlslp: error: (.*)$/m.exec(stderr) ?? [];
  return new Fault("executableFailed", { message: message ?? "it ended without a result" });
}

/** The suffix is hashed again, by other code, before it is believed. */
function readSolution(stdout: string): Solution {
  const { hashes_per_second: hashesPerSecond, ...solution } = JSON.parse(stdout);
  if (!verify(solution.token, solution.suffix, solution.bits)) {
    throw new Fault("wrongSolution", { kernel: solution.kernel });
  }
  return { ...solution, hashesPerSecond };
}
