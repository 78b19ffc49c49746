/**
 * Giving the thread of `worker.ts` its job. The Worker is the global one: with that of
 * node:worker_threads come modules that take milliseconds of the start.
 */
import { type Fault, oldFault, toFault } from "../fault/fault.ts";
import type { Job, Report } from "./worker.ts";

/**
 * Starts a thread for the job. Hands over what it reports, and at last a fault: it matters where no
 * report was the answer.
 */
export function startThread(
  job: Job,
  onReport: (report: Report) => void,
  onEnd: (fault: Fault) => void,
): void {
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  worker.addEventListener("message", ({ data }: MessageEvent<Report>) => onReport(data));
  worker.addEventListener("error", ({ error, message }) => onEnd(toFault(error ?? message)));
  worker.addEventListener("close", () =>
    onEnd(oldFault("internal", "the search thread ended without an answer")),
  );
  worker.postMessage(job);
}
