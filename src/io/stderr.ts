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

let queue: SonicBoom | undefined;
let opening: Promise<SonicBoom> | undefined;
/** Texts that were written while the library was being loaded. */
let early: string[] = [];

/** Returns the queue. It emits "drop" for a text without room, and "drain" when it is empty. */
export function openStderr(): Promise<SonicBoom> {
  opening ??= createQueue();
  return opening;
}

async function createQueue(): Promise<SonicBoom> {
  // Not imported above: most commands write nothing to stderr, and it takes time and memory.
  const { SonicBoom } = await import("sonic-boom");
  const created = new SonicBoom(OPTIONS);
  // A closed terminal or a full disk must not end the program.
  created.on("error", () => undefined);
  queue = created;
  for (const text of early) {
    queue.write(text);
  }
  early = [];
  return queue;
}

/** Writes at once if the reader keeps up, or later and in order. */
export function writeStderr(text: string): void {
  if (queue !== undefined) {
    queue.write(text);
  } else {
    early.push(text);
    void openStderr();
  }
}

/** Resolves when everything that was queued is written, or when the milliseconds have passed. */
export async function settleStderr(milliseconds: number): Promise<void> {
  if (opening === undefined) {
    return;
  }
  const opened = await opening;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  // Twice: a listener of "drain" may write more.
  opened.flush(() => opened.flush(() => resolve()));
  await promise;
  clearTimeout(timer);
}

/** Writes past the queue, before it returns: for a process that is about to exit. */
export function writeStderrAtExit(text: string): void {
  try {
    writeSync(STDERR, text);
  } catch {
    // The terminal is gone.
  }
}
