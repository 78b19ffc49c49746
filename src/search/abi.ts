/**
 * The native library's structures, laid out by hand as its public header declares them
 * (cpp/include/tlslp/search.h). The two change together, and ABI_VERSION with them.
 */
export const ABI_VERSION = 5;

/** The task's way of saying: the fastest kernel that this processor has. */
export const AUTO_KERNEL = 0xffff_ffff;

/** What the native functions return; "found" is 0, and stands for success in all of them. */
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
  readonly token: string;
  readonly bits: number;
  readonly threads: number;
  /** An index, or `AUTO_KERNEL`. */
  readonly kernel: number;
  readonly maxSuffix: number;
  readonly shard: { readonly index: number; readonly count: number };
  readonly start: bigint;
  /** How long the search may take, in seconds; 0 for no limit. */
  readonly limit: number;
}

export interface Answer {
  readonly suffix: string;
  readonly kernel: number;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const TASK_SIZE = 176;
/** Of the task's kernel, bytes. */
const KERNEL_OFFSET = 24;
const ANSWER_SIZE = 136;
/** The control's head and each thread's counter, bytes. */
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
  view.setBigUint64(0, task.start, LITTLE_ENDIAN);
  view.setBigUint64(8, BigInt(Math.ceil(task.limit * 1e9)), LITTLE_ENDIAN);
  for (const [index, word] of words.entries()) {
    view.setUint32(16 + 4 * index, word, LITTLE_ENDIAN);
  }
  bytes.set(token, 48);
  return bytes;
}

/** The kernel that a task names, once `tlslp_choose` has put one in. */
export function decodeKernel(task: Uint8Array<ArrayBuffer>): number {
  return new DataView(task.buffer).getUint32(KERNEL_OFFSET, LITTLE_ENDIAN);
}

export function createAnswer(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(ANSWER_SIZE);
}

export function decodeAnswer(bytes: Uint8Array<ArrayBuffer>): Answer {
  const view = new DataView(bytes.buffer);
  const kernel = view.getUint32(0, LITTLE_ENDIAN);
  const length = view.getUint32(4, LITTLE_ENDIAN);
  return { kernel, suffix: Buffer.from(bytes.buffer, 8, length).toString("latin1") };
}

/** Memory that the main thread and the native threads look at while a search runs. */
export interface Control {
  readonly memory: SharedArrayBuffer;
  /** Tells every native thread to stop. */
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
