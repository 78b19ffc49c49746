/**
 * Measuring kernels, in the thread that runs native code.
 */
import { Fault } from "../fault/fault.ts";
import { type Bits, MAX_BITS, MAX_WORD_LENGTH, type Word } from "../wire/message.ts";
import {
  AUTO_KERNEL,
  createControl,
  decodeKernel,
  encodeTask,
  MAX_THREADS,
  STATUS,
  type Task,
} from "./abi.ts";
import type { KernelRate, Report, SurveyJob } from "./job.ts";
import { failedKernels, kernelName, kernelNames } from "./kernels.ts";
import type { Library } from "./library.ts";
import { usableProcessors } from "./processors.ts";

/** Measures every usable kernel with one thread and with all. */
export async function survey(
  library: Library,
  { threads: wanted, milliseconds, stop }: SurveyJob,
  report: (report: Report) => void,
): Promise<Report> {
  const threads = wanted ?? (await defaultThreads(library, report));
  const usable = kernelNames(library)
    .map((name, index) => ({ name, index }))
    .filter(({ index }) => library.tlslp_kernel_usable(index) === 1);
  const kernels: KernelRate[] = [];
  for (const { name, index } of usable) {
    if (Atomics.load(stop, 0) !== 0) {
      return { status: "cancelled" };
    }
    const single = measure(library, index, 1, milliseconds);
    const all = threads === 1 ? single : measure(library, index, threads, milliseconds);
    kernels.push({ name, single, all });
  }
  const auto = kernelName(library, automaticKernel(library));
  reportFailed(library, report);
  return { status: "surveyed", survey: { threads, kernels, auto } };
}

async function defaultThreads(library: Library, report: (report: Report) => void): Promise<number> {
  const wanted = Math.min(await usableProcessors(), MAX_THREADS);
  if (wanted === 1 || !isRefused(library, PORTABLE_KERNEL, wanted)) {
    return wanted;
  }
  const started = fewerThreads(library, PORTABLE_KERNEL, wanted);
  report({ status: "fewerThreads", threads: { wanted, started } });
  return started;
}

const PORTABLE_KERNEL = 0;
/** How many threads are left to the runtime where the system allows few. */
const SPARE_THREADS = 4;
/** How long threads run to find out whether the system starts them all, in milliseconds. */
const TRIAL = 20;

/**
 * Returns how many threads to use where the system refuses to start this number: at least 1. A few
 * are left to the runtime, which aborts if one of its own is refused, and each try is much smaller
 * than the last.
 */
export function fewerThreads(library: Library, kernel: number, refused: number): number {
  let threads = refused;
  do {
    threads = Math.floor(threads * 0.7);
  } while (threads > 1 && isRefused(library, kernel, threads));
  return Math.max(1, threads - SPARE_THREADS);
}

/** Returns whether the system refuses to start this number of threads. */
function isRefused(library: Library, kernel: number, threads: number): boolean {
  return runFor(library, kernel, threads, TRIAL).status === STATUS.outOfResources;
}

/** Returns the candidates per second. */
function measure(library: Library, kernel: number, threads: number, milliseconds: number): number {
  const { status, candidates, nanoseconds } = runFor(library, kernel, threads, milliseconds);
  if (status === STATUS.outOfResources) {
    throw new Fault("threadsRefused", { threads });
  }
  if (status !== STATUS.found) {
    throw new Fault("taskRejected", { status });
  }
  return (candidates / nanoseconds) * 1e9;
}

function runFor(library: Library, kernel: number, threads: number, milliseconds: number) {
  const [candidates, nanoseconds] = [new BigUint64Array(1), new BigUint64Array(1)];
  const status = library.tlslp_measure(kernel, threads, milliseconds, candidates, nanoseconds);
  return { status, candidates: Number(candidates[0]), nanoseconds: Number(nanoseconds[0]) };
}

/** A search that is so long that the library selects its kernel by measuring. */
const LONG_SEARCH: Task = {
  token: "long" as Word,
  bits: MAX_BITS as Bits,
  threads: 1,
  kernel: AUTO_KERNEL,
  maxSuffix: MAX_WORD_LENGTH,
  shard: { index: 1, count: 1 },
  start: 0n,
  limit: 0,
};

/** Returns the kernel that "auto" takes for a long search. */
function automaticKernel(library: Library): number {
  const task = encodeTask(LONG_SEARCH);
  const control = new Uint8Array(createControl(LONG_SEARCH.threads).memory);
  const status = library.tlslp_choose(task, control);
  if (status !== STATUS.found) {
    throw new Fault("taskRejected", { status });
  }
  return decodeKernel(task);
}

/** Reports the kernels that failed their self-test, if there are any. */
export function reportFailed(library: Library, report: (report: Report) => void): void {
  const kernels = failedKernels(library);
  if (kernels.length > 0) {
    report({ status: "distrusted", kernels });
  }
}
