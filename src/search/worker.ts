/**
 * The thread that runs native code, which blocks it. The thread takes one job, reports, and ends by
 * itself. The only way to stop a search early is the cancel flag in the control's memory.
 */
import { Fault, toFault } from "../fault/fault.ts";
import { createAnswer, decodeAnswer, decodeKernel, encodeTask, STATUS } from "./abi.ts";
import type { Report, SearchJob, ThreadJob } from "./job.ts";
import { kernelName, selectKernel } from "./kernels.ts";
import { type Library, openLibrary } from "./library.ts";
import { fewerThreads, reportFailed, survey } from "./measure.ts";
import { usableProcessors } from "./processors.ts";

// The thread ends when it has no listener any more.
addEventListener("message", takeJob, { once: true });

async function takeJob({ data: job }: MessageEvent<ThreadJob>): Promise<void> {
  try {
    report(await run(job));
  } catch (thrown) {
    const { code, facts } = toFault(thrown);
    report({ status: "failed", code, facts });
  }
}

function report(message: Report): void {
  postMessage(message);
}

async function run(job: ThreadJob): Promise<Report> {
  const library = await openLibrary(job.library);
  if (job.kind === "survey") {
    return survey(library, job, report);
  }
  if (!job.mayUseFewerThreads) {
    return search(library, job);
  }
  const threads = Math.min(await usableProcessors(), job.task.threads);
  return search(library, { ...job, task: { ...job.task, threads } });
}

function search(library: Library, job: SearchJob): Report {
  const { task, control, mayUseFewerThreads } = job;
  const input = encodeTask({ ...task, kernel: selectKernel(library, job.kernel) });
  const memory = new Uint8Array(control);
  const output = createAnswer();
  report({ status: "started" });
  const choice = library.tlslp_choose(input, memory);
  // Before the search, which may be long.
  reportFailed(library, report);
  const status = choice === STATUS.found ? library.tlslp_search(input, memory, output) : choice;
  if (status === STATUS.outOfResources && mayUseFewerThreads && task.threads > 1) {
    const started = fewerThreads(library, decodeKernel(input), task.threads);
    report({ status: "fewerThreads", threads: { wanted: task.threads, started } });
    return search(library, { ...job, task: { ...task, threads: started } });
  }
  switch (status) {
    case STATUS.found: {
      const { suffix, kernel } = decodeAnswer(output);
      const { threads } = task;
      return { status: "found", suffix, kernel: kernelName(library, kernel), threads };
    }
    case STATUS.cancelled:
      return { status: "cancelled" };
    case STATUS.timedOut:
      throw new Fault("noSolutionInTime", { seconds: task.limit });
    case STATUS.exhausted:
      throw new Fault("keyspaceExhausted", {});
    case STATUS.outOfResources:
      throw new Fault("threadsRefused", { threads: task.threads });
    default:
      throw new Fault("taskRejected", { status });
  }
}
