/**
 * Runs the organiser's command for each submission, once it is kept. A submission that the command
 * did not handle is tried again, at the start and every five minutes, so that each is handled at
 * least once; a repeat has the same id.
 */
import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Subprocess } from "bun";
import { allEnded, withTimeout } from "../deadline.ts";
import { errorCode, Fault, toFault } from "../fault/fault.ts";
import { endGroup } from "../io/process-group.ts";
import { secondsSince } from "../seconds.ts";
import type { Entry } from "./entry.ts";
import { exportLine } from "./export.ts";
import type { Store } from "./store/store.ts";

/** An event of the program that handles submissions; `id` is that of the submission. */
export type OnPassEvent =
  /** A line that the command printed. */
  | { readonly type: "on-pass output"; readonly id: string; readonly line: string }
  /** It exited with 0, after this time. */
  | { readonly type: "on-pass handled"; readonly id: string; readonly seconds: number }
  /** It exited with 0, and the store could not record that; it is run again later. */
  | { readonly type: "on-pass not recorded"; readonly id: string }
  /** It is tried again later. */
  | { readonly type: "on-pass failed"; readonly id: string; readonly reason: string };

export interface OnPassOptions {
  /** An executable, as of `checkCommand`; run without a shell and without arguments. */
  readonly command: string;
  readonly store: Pick<Store, "find" | "pending" | "markHandled">;
  readonly observe: (event: OnPassEvent) => void;
  /** How many run at once. */
  readonly limit: number;
  /** How long one may run, in seconds. */
  readonly seconds?: number;
  /** Between two searches of the store, in seconds. */
  readonly interval?: number;
}

export interface OnPass {
  /** Adds a submission that was kept, and is pending in the store. */
  add(id: string): void;
  /**
   * Starts no more commands; resolves when none runs. Those that run for longer than this number of
   * seconds are ended, by SIGKILL at last, and are run again by the next process.
   */
  stop(grace: number): Promise<void>;
}

/** Waiting submissions beyond these are left to the next search of the store. */
const MAX_WAITING = 10_000;

/** How long a command has after SIGTERM, in seconds. */
const SIGTERM_SECONDS = 2;

/** The most output of one command that is reported, in characters. */
const MAX_OUTPUT = 10_000;

/** Returns the command's absolute path; throws a usage fault for one that cannot be run. */
export function checkCommand(command: string): string {
  const path = resolve(command);
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) {
    throw new Fault("commandUnusable", { setting: "onPass", path, reason: "missing" });
  }
  try {
    accessSync(path, constants.X_OK);
  } catch (cause) {
    throw new Fault(
      "commandUnusable",
      { setting: "onPass", path, reason: "notExecutable" },
      { cause },
    );
  }
  if (!status.isFile()) {
    throw new Fault("commandUnusable", { setting: "onPass", path, reason: "notExecutable" });
  }
  return path;
}

/** Starts with the submissions that an earlier process left. */
export function startOnPass(options: OnPassOptions): OnPass {
  const { command, store, observe, limit, seconds = 60, interval = 300 } = options;
  const waiting = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const children = new Set<Subprocess>();
  let isStopped = false;

  function add(id: string): void {
    if (!isStopped && !running.has(id) && waiting.size < MAX_WAITING) {
      waiting.add(id);
      startWaiting();
    }
  }

  function startWaiting(): void {
    for (const id of waiting) {
      if (running.size >= limit || isStopped) {
        return;
      }
      waiting.delete(id);
      running.set(
        id,
        handle(id).finally(() => {
          running.delete(id);
          startWaiting();
        }),
      );
    }
  }

  async function handle(id: string): Promise<void> {
    const start = performance.now();
    try {
      const entry = await store.find(id);
      if (entry === undefined || entry.isErased || isStopped) {
        return;
      }
      const child = startCommand(command, entry, observe);
      children.add(child);
      await succeed(child, seconds).finally(() => children.delete(child));
    } catch (thrown) {
      observe({ type: "on-pass failed", id, reason: inWords(thrown) });
      return;
    }
    try {
      await store.markHandled(id);
      observe({ type: "on-pass handled", id, seconds: secondsSince(start) });
    } catch {
      // The store reports its failure itself.
      observe({ type: "on-pass not recorded", id });
    }
  }

  async function search(until: Date): Promise<void> {
    try {
      for (const id of await store.pending(until, MAX_WAITING)) {
        add(id);
      }
    } catch {
      // The store reports its failure itself, and the search is repeated.
    }
  }

  function endAll(signal: NodeJS.Signals): void {
    for (const child of children) {
      endGroup(child, signal);
    }
  }

  // Without `stop`, as after a second SIGINT, nothing else would end the commands.
  const onExit = () => endAll("SIGTERM");
  process.on("exit", onExit);
  search(new Date());
  // Another server of the same store may be handling newer ones.
  const margin = 1000 * Math.min(interval, 2 * seconds);
  const again = () => search(new Date(Date.now() - margin));
  const timer = setInterval(again, interval * 1000).unref();
  return {
    add,
    async stop(grace) {
      isStopped = true;
      clearInterval(timer);
      const ended = allEnded(running);
      const step = "the on-pass commands";
      await withTimeout({ seconds: grace, step }, ended).catch(() => endAll("SIGTERM"));
      await withTimeout({ seconds: SIGTERM_SECONDS, step }, ended).catch(() => endAll("SIGKILL"));
      await ended;
      process.off("exit", onExit);
    },
  };
}

/** Starts the command with the submission's line as its input. */
function startCommand(
  command: string,
  entry: Entry,
  observe: OnPassOptions["observe"],
): Subprocess {
  const child = Bun.spawn([command], {
    // By default the runtime gives the environment of our start, with variables removed since.
    env: process.env,
    stdin: Buffer.from(exportLine(entry)),
    stdout: "pipe",
    stderr: "pipe",
    // A group of its own, which is ended as a whole: a script's programs would outlive it.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    // The end of the stream is not awaited: a grandchild may keep it open for ever.
    report(stream, (line) => observe({ type: "on-pass output", id: entry.id, line })).catch(
      () => undefined,
    );
  }
  return child;
}

/** Waits for the command's end, for its time at most; throws an error unless it exits with 0. */
async function succeed(child: Subprocess, seconds: number): Promise<void> {
  let isLate = false;
  const alarm = setTimeout(() => {
    isLate = true;
    endGroup(child, "SIGKILL");
  }, seconds * 1000);
  const code = await child.exited;
  clearTimeout(alarm);
  if (isLate) {
    throw new Error(`it was ended after ${seconds} s`);
  }
  if (code !== 0) {
    throw new Error(
      child.signalCode === null ? `it exited with ${code}` : `it was ended by ${child.signalCode}`,
    );
  }
}

/** Returns why a command failed. */
function inWords(thrown: unknown): string {
  if (errorCode(thrown) === "ENOEXEC") {
    return "it is not a program of this system, and does not begin with #! and an interpreter";
  }
  return toFault(thrown).message;
}

/** Hands over a stream's lines; output above `MAX_OUTPUT` is read and dropped. */
async function report(
  stream: ReadableStream<Uint8Array>,
  say: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = MAX_OUTPUT;
  let begun = "";
  for await (const bytes of stream) {
    const text = decoder.decode(bytes, { stream: true }).slice(0, rest);
    rest -= text.length;
    const lines = (begun + text).split("\n");
    begun = lines.pop() ?? "";
    for (const line of lines) {
      say(line);
    }
  }
  if (begun !== "") {
    say(begun);
  }
}
