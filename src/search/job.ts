/**
 * The thread that runs native code: which jobs it takes, and its reports about them.
 */
import { Fault, type FaultCode, type FaultFacts, toFault } from "../fault/fault.ts";
import type { Task } from "./abi.ts";
import { unpackLibrary } from "./library.ts";

export type Job = SearchJob | SurveyJob;

/** A job, as the thread gets it. */
export type ThreadJob = Job & {
  /** The descriptor of the unpacked native library, if there is one; the thread closes it. */
  readonly library: number | undefined;
};

export interface SearchJob {
  readonly kind: "search";
  readonly task: Omit<Task, "kernel">;
  /** Whether the thread may search with fewer threads than the task says. */
  readonly mayUseFewerThreads: boolean;
  /** A kernel's name, or "auto". */
  readonly kernel: string;
  /** The memory of a `Control`. */
  readonly control: SharedArrayBuffer;
}

export interface SurveyJob {
  readonly kind: "survey";
  /** Undefined for as many as there are processors to use. */
  readonly threads: number | undefined;
  /** How long each kernel is measured. */
  readonly milliseconds: number;
  /** Set to a number other than 0 to end the survey. */
  readonly stop: Uint32Array;
}

export interface KernelRate {
  readonly name: string;
  /** Candidates per second on one thread. */
  readonly single: number;
  /** Candidates per second on all threads of the survey. */
  readonly all: number;
}

export interface Survey {
  readonly threads: number;
  readonly kernels: readonly KernelRate[];
  /** The kernel that "auto" takes. */
  readonly auto: string;
}

/** "started", "distrusted" and "fewerThreads" may come first; one of the others is the last. */
export type Report =
  | { readonly status: "started" }
  /** These kernels failed their self-test; others are used in their place. */
  | { readonly status: "distrusted"; readonly kernels: readonly string[] }
  | { readonly status: "fewerThreads"; readonly threads: FewerThreads }
  | {
      readonly status: "found";
      readonly suffix: string;
      readonly kernel: string;
      readonly threads: number;
    }
  | { readonly status: "cancelled" }
  | { readonly status: "surveyed"; readonly survey: Survey }
  /** The code and facts of a fault. A Fault itself is more than a message can hold. */
  | {
      readonly status: "failed";
      readonly code: FaultCode;
      readonly facts: FaultFacts<FaultCode>;
    };

/** The system refused to start some of the threads. */
export interface FewerThreads {
  /** The threads that were to search. */
  readonly wanted: number;
  /** The threads that search. */
  readonly started: number;
}

/**
 * Starts a thread for a job. Calls `onReport` with each report, and `onEnd` when the thread has
 * ended: its fault matters if the last report did not come.
 */
export function startThread(
  job: Job,
  onReport: (report: Report) => void,
  onEnd: (fault: Fault) => void,
): void {
  // The global Worker: node:worker_threads would take milliseconds of the start.
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  worker.addEventListener("message", ({ data }: MessageEvent<Report>) => onReport(data));
  worker.addEventListener("error", ({ error, message }) => onEnd(toFault(error ?? message)));
  worker.addEventListener("close", () => onEnd(new Fault("searchThreadEnded", {})));
  // The library is unpacked while the thread starts: both take milliseconds.
  worker.postMessage({ ...job, library: unpackLibrary() } satisfies ThreadJob);
}
