/**
 * stderr: log records, progress and errors, all through one queue, so that they keep their order.
 *
 * The reader may be slow or may never read: a stopped terminal, a pipe that its owner forgot, a log
 * collector that hangs. sonic-boom writes in a thread of the runtime, so the program goes on.
 */
import { writeSync } from "node:fs";
import type { SonicBoom, SonicBoomOpts } from "sonic-boom";

const STDERR = 2;

const OPTIONS: SonicBoomOpts & { readonly maxWrite: number } = {
  fd: STDERR,
  /** The size of the queue in bytes. A text that finds it full is dropped. */
  maxLength: 4 * 1024 * 1024,
  /** A pipe takes 4 KiB (PIPE_BUF) as a whole, so that no other writer cuts a line in two. */
  maxWrite: 4096,
};

/**
 * How long further texts are collected after one was written, in milliseconds. A busy server writes
 * hundreds of records a second, and each write in a thread takes 40 µs of processor time.
 */
const PAUSE = 20;

let opening: Promise<SonicBoom> | undefined;
let collected: string[] = [];
let timer: Timer | undefined;

/** Returns the queue. It emits "drop" for a text without room, and "drain" when it is empty. */
export function openStderr(): Promise<SonicBoom> {
  opening ??= createQueue();
  return opening;
}

async function createQueue(): Promise<SonicBoom> {
  // Imported here, because it takes time and memory, and most commands do not write to stderr.
  const { SonicBoom } = await import("sonic-boom");
  const queue = new SonicBoom(OPTIONS);
  // A closed terminal or a full disk must not end the program.
  queue.on("error", () => undefined);
  return queue;
}

/** Writes at once or within `PAUSE` if the reader keeps up, or later and in order. */
export function writeStderr(text: string): void {
  collected.push(text);
  if (timer === undefined) {
    void enqueue();
    timer = setTimeout(endPause, PAUSE);
  }
}

function endPause(): void {
  timer = undefined;
  if (collected.length > 0) {
    void enqueue();
    timer = setTimeout(endPause, PAUSE);
  }
}

async function enqueue(): Promise<SonicBoom> {
  const queue = await openStderr();
  for (const text of collected) {
    queue.write(text);
  }
  collected = [];
  return queue;
}

/** Resolves when everything so far is written, or when the milliseconds have passed. */
export async function settleStderr(milliseconds: number): Promise<void> {
  if (opening === undefined && collected.length === 0) {
    return;
  }
  const queue = await enqueue();
  const { promise, resolve } = Promise.withResolvers<void>();
  const limit = setTimeout(resolve, milliseconds);
  // Twice: a listener of "drain" may write more.
  queue.flush(() => queue.flush(() => resolve()));
  await promise;
  clearTimeout(limit);
}

/** Writes past the queue, before it returns: for a process that is about to exit. */
export function writeStderrAtExit(text: string): void {
  try {
    writeSync(STDERR, text);
  } catch {
    // The terminal is gone.
  }
}
