/**
 * Failures of the search engine, its options and its native library.
 */
import { internal, timeout, usage } from "../define.ts";

export const SEARCH_SENTENCES = {
  kernelUnknown: usage<{ kernel: string; usable: readonly string[] }>(
    ({ kernel, usable }, { setting }) =>
      `${setting("kernel")}: no kernel is called ${kernel}; this processor has ${usable.join(", ")}`,
  ),
  kernelUnusable: usage<{ kernel: string; usable: readonly string[]; hasFailed: boolean }>(
    ({ kernel, usable, hasFailed }, { setting }) =>
      hasFailed
        ? `${setting("kernel")}: the kernel ${kernel} failed its self-test here; this processor has ${usable.join(", ")}`
        : `${setting("kernel")}: this processor cannot run the kernel ${kernel}; it has ${usable.join(", ")}`,
  ),
  noSolutionInTime: timeout<{ seconds: number }>(
    ({ seconds }) => `no solution within ${seconds} s`,
  ),
  wrongSolution: internal<{ kernel: string }>(
    ({ kernel }) => `the kernel ${kernel} found a suffix that is wrong`,
  ),
  keyspaceExhausted: internal(() => "the keyspace holds no solution"),
  threadsRefused: internal<{ threads: number }>(
    ({ threads }) => `the system refused to start ${threads} threads`,
  ),
  taskRejected: internal<{ status: number }>(
    ({ status }) => `the search library rejected its task (status ${status})`,
  ),
  searchStopped: internal(() => "the search stopped by itself"),
  searchThreadEnded: internal(() => "the search thread ended without an answer"),
  /** The executable's own failure, where the library runs it (under Node). */
  executableFailed: internal<{ message: string }>(
    ({ message }) => `the executable failed: ${message}`,
  ),
  kernelRefused: usage<{ kernel: string }>(
    ({ kernel }, { setting }) =>
      `${setting("kernel")}: the executable for this platform cannot use a kernel ${kernel}`,
  ),
  libraryUnloadable: internal<{ reason: string; code: string }>(
    ({ reason }) => `cannot load the search library: ${reason}`,
  ),
  libraryVersion: internal<{ version: number; expected: number }>(
    ({ version, expected }) =>
      `the search library has ABI version ${version}, expected ${expected}`,
  ),
  noExecutableMemory: internal(
    () => "executable memory is not permitted, and native functions cannot be called without it",
  ),
};
