/**
 * The thread that holds the blocking native call. It gets one job, reports once, and ends by
 * itself; the only way to stop it early is the cancel flag in the control's memory.
 */
import { ptr } from "bun:ffi";
import { parentPort, workerData } from "node:worker_threads";
import { toFault } from "../fault.ts";
import { type Answer, createAnswer, decodeAnswer, encodeTask, STATUS, type Task } from "./abi.ts";
import { kernelName, selectKernel } from "./kernels.ts";
import { openLibrary } from "./library.ts";

export interface Job {
  readonly task: Omit<Task, "kernel">;
  /** A kernel's name, or "auto". */
  readonly kernel: string;
  readonly control: SharedArrayBuffer;
}

export type Report =
  | { readonly status: "started" }
  | { readonly status: "found"; readonly suffix: string; readonly kernel: string }
  | { readonly status: "cancelled" }
  | { readonly status: "failed"; readonly family: "usage" | "internal"; readonly message: string };

function run({ task, kernel, control }: Job): Report {
  const library = openLibrary();
  const input = encodeTask({ ...task, kernel: selectKernel(library, kernel) });
  const output = createAnswer();
  report({ status: "started" });
  const status = library.tlslp_search(ptr(input), ptr(new Uint8Array(control)), ptr(output));
  switch (status) {
    case STATUS.found:
      return found(decodeAnswer(output), (index) => kernelName(library, index));
    case STATUS.cancelled:
      return { status: "cancelled" };
    case STATUS.exhausted:
      return failed("the keyspace holds no solution");
    case STATUS.outOfResources:
      return failed(`the system refused to start ${task.threads} threads`);
    default:
      return failed(`the search library rejected its task (status ${status})`);
  }
}

function found({ suffix, kernel }: Answer, nameOf: (kernel: number) => string): Report {
  return { status: "found", suffix, kernel: nameOf(kernel) };
}

function failed(message: string): Report {
  return { status: "failed", family: "internal", message };
}

function report(message: Report): void {
  parentPort?.postMessage(message);
}

try {
  report(run(workerData as Job));
} catch (thrown) {
  const { family, message } = toFault(thrown);
  report({ status: "failed", family: family === "usage" ? "usage" : "internal", message });
}
