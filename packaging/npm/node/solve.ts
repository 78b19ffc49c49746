/**
 * Solving a puzzle under Node: the executable of the platform package searches.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Family } from "../../../src/fault/define.ts";
import { Fault, toFault } from "../../../src/fault/fault.ts";
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

/** The families of failures by the exit codes of the executable. */
const FAMILIES: Readonly<Record<number, Family>> = { 2: "usage", 5: "timeout" };

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
  const { code, stdout, stderr } = await runExecutable(toArguments(token, bits, options), signal);
  signal?.throwIfAborted();
  if (code !== 0) {
    throw new Fault("executableFailed", {
      family: FAMILIES[code ?? 1] ?? "internal",
      message: readError(stderr),
    });
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

/** Returns the sentence in the executable's error, with the names of options, not of flags. */
function readError(stderr: string): string {
  const [, message = "the executable ended without a result"] =
    /^tlslp: error: (.*)$/m.exec(stderr) ?? [];
  return message.replace(/^(?:--([a-z-]+)|<([a-z]+)>)/, (_, flag, positional) =>
    (flag ?? positional).replace(/-[a-z]/g, (letter: string) => letter.slice(1).toUpperCase()),
  );
}

/** The suffix is hashed again, by other code, before it is believed. */
function readSolution(stdout: string): Solution {
  const { hashes_per_second: hashesPerSecond, ...solution } = JSON.parse(stdout);
  if (!verify(solution.token, solution.suffix, solution.bits)) {
    throw new Fault("wrongSolution", { kernel: solution.kernel });
  }
  return { ...solution, hashesPerSecond };
}
