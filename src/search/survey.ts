/**
 * Measuring the kernels of this processor.
 */
import { oldFault } from "../fault/fault.ts";
import { startThread } from "./thread.ts";
import type { Report, SurveyJob } from "./worker.ts";

export interface KernelRate {
  readonly name: string;
  /** Candidates per second on one thread. */
  readonly single: number;
  /** Candidates per second on as many threads as were asked for. */
  readonly all: number;
}

export interface Survey {
  readonly threads: number;
  readonly kernels: readonly KernelRate[];
  /** The kernel that "auto" takes. */
  readonly auto: string;
}

/** How long each kernel is measured with each number of threads, in milliseconds. */
const MEASURING_TIME = 300;

/**
 * Measures every kernel that this processor has, for about a third of a second each with one thread
 * and again with all, and hands over those that failed their self-test instead. Throws an internal
 * fault, what the callback throws, or the signal's reason when it aborts; what is being measured then
 * goes on until its third of a second is over.
 */
export async function surveyKernels(
  threads?: number,
  signal?: AbortSignal,
  onDistrusted?: (kernels: readonly string[]) => void,
): Promise<Survey> {
  signal?.throwIfAborted();
  const stop = new Uint32Array(new SharedArrayBuffer(Uint32Array.BYTES_PER_ELEMENT));
  const job: SurveyJob = { kind: "survey", threads, milliseconds: MEASURING_TIME, stop };
  const { promise, resolve, reject } = Promise.withResolvers<Survey>();
  const abort = () => {
    Atomics.store(stop, 0, 1);
    reject(signal?.reason);
  };
  const tell = (kernels: readonly string[]) => {
    try {
      onDistrusted?.(kernels);
    } catch (thrown) {
      reject(thrown);
    }
  };
  const onReport = (report: Report) => {
    if (report.status === "surveyed") {
      resolve(report.survey);
    } else if (report.status === "distrusted") {
      tell(report.kernels);
    } else if (report.status === "failed") {
      reject(oldFault(report.family, report.message, { hint: report.hint }));
    }
  };
  startThread(job, onReport, reject);
  signal?.addEventListener("abort", abort);
  return promise.finally(() => signal?.removeEventListener("abort", abort));
}
