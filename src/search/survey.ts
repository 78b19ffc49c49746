/**
 * Measuring the kernels of this processor.
 */
import { Fault } from "../fault/fault.ts";
import { type Report, type Survey, type SurveyJob, startThread } from "./job.ts";
import type { SolveOptions } from "./solve.ts";

/** How long each kernel is measured with each number of threads, in milliseconds. */
const MEASURING_TIME = 300;

type SurveyOptions = Pick<SolveOptions, "threads" | "signal" | "onDistrusted" | "onFewerThreads">;

/**
 * Measures every kernel that this processor has, for a third of a second with one thread and again
 * with all. Throws an internal fault, the exception of a callback, or the signal's reason.
 */
export async function surveyKernels(options: SurveyOptions = {}): Promise<Survey> {
  const { threads, signal, onDistrusted, onFewerThreads } = options;
  signal?.throwIfAborted();
  const stop = new Uint32Array(new SharedArrayBuffer(Uint32Array.BYTES_PER_ELEMENT));
  const job: SurveyJob = { kind: "survey", threads, milliseconds: MEASURING_TIME, stop };
  const { promise, resolve, reject } = Promise.withResolvers<Survey>();

  function abort(): void {
    Atomics.store(stop, 0, 1);
    reject(signal?.reason);
  }

  function onReport(report: Report): void {
    try {
      switch (report.status) {
        case "distrusted":
          onDistrusted?.(report.kernels);
          break;
        case "fewerThreads":
          onFewerThreads?.(report.threads);
          break;
        case "surveyed":
          resolve(report.survey);
          break;
        case "failed":
          throw new Fault(report.code, report.facts);
      }
    } catch (thrown) {
      reject(thrown);
    }
  }

  startThread(job, onReport, reject);
  signal?.addEventListener("abort", abort);
  return promise.finally(() => signal?.removeEventListener("abort", abort));
}
