/**
 * The native library's structures, laid out by hand as its header declares them
 * (cpp/include/tlslp/search.h): integers in little-endian order, as all processors that Bun runs on
 * have it. A change of the header changes this file and ABI_VERSION.
 */
import type { Bits, Word } from "../wire/message.ts";

export const ABI_VERSION = 5;

/** The least that may be allowed as the longest suffix, in characters. */
export const MIN_SUFFIX_LIMIT = 16;
export const MAX_THREADS = 1024;
/** The most disjoint parts that the keyspace can be divided into. */
export const MAX_SHARDS = 2 ** 32 - 1;

/** In place of a kernel's index: the library selects the fastest that this processor has. */
export const AUTO_KERNEL = 0xffff_ffff;

/** The results of the native functions. `found` means success of every function. */
export const STATUS = {
  found: 0,
  cancelled: 1,
  exhausted: 2,
  badTask: 3,
  badKernel: 4,
  outOfResources: 5,
  timedOut: 6,
} as const;

export interface Task {
  readonly token: Word;
  readonly bits: Bits;
  readonly threads: number;
  /** An index, or `AUTO_KERNEL`. */
  readonly kernel: number;
  readonly maxSuffix: number;
  readonly shard: { readonly index: number; readonly count: number };
  readonly start: bigint;
  /** How long the search may take, in seconds; 0 for no limit. */
  readonly limit: number;
}

/** In bytes: the structures' sizes, and where the task's kernel is. */
const TASK_SIZE = 176;
const KERNEL_OFFSET = 24;
const ANSWER_SIZE = 136;
/** In bytes: the size of the control's head, and of each thread's counter. */
const BLOCK = 128;

export function encodeTask(task: Task): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(TASK_SIZE);
  const view = new DataView(bytes.buffer);
  const token = Buffer.from(task.token, "utf8");
  const words = [
    task.bits,
    task.threads,
    task.kernel,
    task.maxSuffix,
    task.shard.index,
    task.shard.count,
    token.length,
  ];
  view.setBigUint64(0, task.start, true);
  view.setBigUint64(8, BigInt(Math.ceil(task.limit * 1e9)), true);
  for (const [index, word] of words.entries()) {
    view.setUint32(16 + 4 * index, word, true);
  }
  bytes.set(token, 48);
  return bytes;
}

/** Returns the kernel that `tlslp_choose` has stored in a task. */
export function decodeKernel(task: Uint8Array<ArrayBuffer>): number {
  return new DataView(task.buffer).getUint32(KERNEL_OFFSET, true);
}

export function createAnswer(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(ANSWER_SIZE);
}

/** Returns the result of a search, with its kernel's index. */
export function decodeAnswer(bytes: Uint8Array<ArrayBuffer>) {
  const view = new DataView(bytes.buffer);
  const kernel = view.getUint32(0, true);
  const length = view.getUint32(4, true);
  return { kernel, suffix: Buffer.from(bytes.buffer, 8, length).toString("latin1") };
}

/** Memory that the main thread and the native threads share while a search runs. */
export interface Control {
  readonly memory: SharedArrayBuffer;
  /** Makes every native thread stop. */
  cancel(): void;
  /** Candidates hashed so far, by all threads. */
  attempts(): number;
}

export function createControl(threads: number): Control {
  const memory = new SharedArrayBuffer(BLOCK * (1 + threads));
  const flag = new Uint32Array(memory, 0, 1);
  const counters = new BigUint64Array(memory, BLOCK);
  return {
    memory,
    cancel() {
      Atomics.store(flag, 0, 1);
    },
    attempts() {
      let sum = 0n;
      for (let thread = 0; thread < threads; thread += 1) {
        sum += Atomics.load(counters, (thread * BLOCK) / BigUint64Array.BYTES_PER_ELEMENT);
      }
      return Number(sum);
    },
  };
}
