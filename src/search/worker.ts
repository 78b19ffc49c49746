/**
 * The thread that holds the blocking native calls. It gets one job, reports, and ends by itself;
 * the only way to stop a search early is the cancel flag in the control's memory.
 */
import { oldFault, toFault } from "../fault/fault.ts";
import { MAX_BITS, MAX_WORD_LENGTH } from "../wire/message.ts";
import {
  type Answer,
  AUTO_KERNEL,
  createAnswer,
  createControl,
  decodeAnswer,
  decodeKernel,
  encodeTask,
  STATUS,
  type Task,
} from "./abi.ts";
import { failedKernels, kernelName, kernelNames, selectKernel } from "./kernels.ts";
import { type Library, openLibrary } from "./library.ts";
import { MAX_THREADS } from "./limits.ts";
import { usableProcessors } from "./processors.ts";
import type { KernelRate, Survey } from "./survey.ts";

export interface SearchJob {
  readonly kind: "search";
  readonly task: Omit<Task, "kernel">;
  /** Whether fewer threads search where quotas leave fewer processors. */
  readonly withinQuota: boolean;
  /** A kernel's name, or "auto". */
  readonly kernel: string;
  readonly control: SharedArrayBuffer;
}

export interface SurveyJob {
  readonly kind: "survey";
  /** Undefined for as many as there are processors to use. */
  readonly threads: number | undefined;
  /** How long each kernel is measured. */
  readonly milliseconds: number;
  /** Not 0 once nothing more is to be measured. */
  readonly stop: Uint32Array;
}

export type Report =
  | { readonly status: "started" }
  /** What is searched is not affected: others are used in their place. */
  | { readonly status: "distrusted"; readonly kernels: readonly string[] }
  | {
      readonly status: "found";
      readonly suffix: string;
      readonly kernel: string;
      readonly threads: number;
    }
  | { readonly status: "cancelled" }
  | { readonly status: "timedOut" }
  | { readonly status: "surveyed"; readonly survey: Survey }
  | {
      readonly status: "failed";
      readonly family: "usage" | "internal";
      readonly message: string;
      readonly hint?: string | undefined;
    };

export type Job = SearchJob | SurveyJob;

async function run(job: Job): Promise<Report> {
  const library = await openLibrary();
  if (job.kind === "survey") {
    return survey(library, job, job.threads ?? Math.min(await usableProcessors(), MAX_THREADS));
  }
  if (!job.withinQuota) {
    return search(library, job);
  }
  const threads = Math.min(await usableProcessors(), job.task.threads);
  return search(library, { ...job, task: { ...job.task, threads } });
}

function search(library: Library, { task, kernel, control }: SearchJob): Report {
  const input = encodeTask({ ...task, kernel: selectKernel(library, kernel) });
  const memory = new Uint8Array(control);
  const output = createAnswer();
  report({ status: "started" });
  const choice = library.tlslp_choose(input, memory);
  // Now it is known which ones fail, and the search may take long.
  reportFailed(library);
  const status = choice === STATUS.found ? library.tlslp_search(input, memory, output) : choice;
  switch (status) {
    case STATUS.found:
      return found(library, decodeAnswer(output), task.threads);
    case STATUS.cancelled:
      return { status: "cancelled" };
    case STATUS.timedOut:
      return { status: "timedOut" };
    case STATUS.exhausted:
      return failed("the keyspace holds no solution");
    case STATUS.outOfResources:
      return failed(refusalOf(task.threads));
    default:
      return failed(`the search library rejected its task (status ${status})`);
  }
}

/** A search long enough for the choice to be made by measure. */
const LONG_SEARCH: Task = {
  token: "long",
  bits: MAX_BITS,
  threads: 1,
  kernel: AUTO_KERNEL,
  maxSuffix: MAX_WORD_LENGTH,
  shard: { index: 1, count: 1 },
  start: 0n,
  limit: 0,
};

/** The kernel that a long search takes when it may choose. */
function automaticKernel(library: Library): number {
  const task = encodeTask(LONG_SEARCH);
  const control = new Uint8Array(createControl(LONG_SEARCH.threads).memory);
  const status = library.tlslp_choose(task, control);
  if (status !== STATUS.found) {
    throw oldFault("internal", `the choice of a kernel failed (status ${status})`);
  }
  return decodeKernel(task);
}

function survey(library: Library, { milliseconds, stop }: SurveyJob, threads: number): Report {
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
  reportFailed(library);
  return { status: "surveyed", survey: { threads, kernels, auto } };
}

/** Candidates per second. */
function measure(library: Library, kernel: number, threads: number, milliseconds: number): number {
  const figures = new BigUint64Array(2);
  const [candidates, nanoseconds] = [figures.subarray(0, 1), figures.subarray(1, 2)];
  const status = library.tlslp_measure(kernel, threads, milliseconds, candidates, nanoseconds);
  if (status === STATUS.outOfResources) {
    throw oldFault("internal", refusalOf(threads));
  }
  if (status !== STATUS.found) {
    throw oldFault("internal", `measuring kernel ${kernel} failed (status ${status})`);
  }
  return (Number(candidates[0]) / Number(nanoseconds[0])) * 1e9;
}

/** Kernels that failed their self-test, if there are any: their processor is not to be trusted. */
function reportFailed(library: Library): void {
  const kernels = failedKernels(library);
  if (kernels.length > 0) {
    report({ status: "distrusted", kernels });
  }
}

function found(library: Library, { suffix, kernel }: Answer, threads: number): Report {
  return { status: "found", suffix, kernel: kernelName(library, kernel), threads };
}

function refusalOf(threads: number): string {
  return `the system refused to start ${threads} threads`;
}

function failed(message: string): Report {
  return { status: "failed", family: "internal", message };
}

function report(message: Report): void {
  postMessage(message);
}

// With the only listener gone nothing keeps this thread.
addEventListener("message", takeJob, { once: true });

async function takeJob({ data: job }: MessageEvent<Job>): Promise<void> {
  try {
    report(await run(job));
  } catch (thrown) {
    const { family, message, hint } = toFault(thrown);
    report({ status: "failed", family: family === "usage" ? "usage" : "internal", message, hint });
  }
}
