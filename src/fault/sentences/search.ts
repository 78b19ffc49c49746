/**
 * Failures of the search engine, its options and its native library.
 */
import { define } from "../define.ts";

export const SEARCH_SENTENCES = {
  kernelUnknown: define<{ kernel: string; usable: readonly string[] }>(
    "usage",
    ({ kernel, usable }, { setting }) =>
      `${setting("kernel")}: no kernel is called ${kernel}; this processor has ${usable.join(", ")}`,
  ),
  kernelUnusable: define<{ kernel: string; usable: readonly string[]; hasFailed: boolean }>(
    "usage",
    ({ kernel, usable, hasFailed }, { setting }) =>
      hasFailed
        ? `${setting("kernel")}: the kernel ${kernel} failed its self-test here; this processor has ${usable.join(", ")}`
        : `${setting("kernel")}: this processor cannot run the kernel ${kernel}; it has ${usable.join(", ")}`,
  ),
  noSolutionInTime: define<{ seconds: number }>(
    "timeout",
    ({ seconds }) => `no solution within ${seconds} s`,
  ),
  wrongSolution: define<{ kernel: string }>(
    "internal",
    ({ kernel }) => `the kernel ${kernel} found a suffix that is wrong`,
  ),
  keyspaceExhausted: define("internal", () => "the keyspace holds no solution"),
  threadsRefused: define<{ threads: number }>(
    "internal",
    ({ threads }) => `the system refused to start ${threads} threads`,
  ),
  taskRejected: define<{ status: number }>(
    "internal",
    ({ status }) => `the search library rejected its task (status ${status})`,
  ),
  searchStopped: define("internal", () => "the search stopped by itself"),
  searchThreadEnded: define("internal", () => "the search thread ended without an answer"),
  /** The executable's own failure, where the library runs it (under Node). */
  executableFailed: define<{ message: string }>(
    "internal",
    ({ message }) => `the executable failed: ${message}`,
  ),
  kernelRefused: define<{ kernel: string }>(
    "usage",
    ({ kernel }, { setting }) =>
      `${setting("kernel")}: the executable for this platform cannot use a kernel ${kernel}`,
  ),
  libraryUnloadable: define<{ reason: string; code: string }>(
    "internal",
    ({ reason }) => `cannot load the search library: ${reason}`,
  ),
  libraryVersion: define<{ version: number; expected: number }>(
    "internal",
    ({ version, expected }) =>
      `the search library has ABI version ${version}, expected ${expected}`,
  ),
  noExecutableMemory: define(
    "internal",
    () => "executable memory is not permitted, and native functions cannot be called without it",
  ),
};
