/**
 * A server with a store, and the check of the promise that it makes: everyone who saw DONE is in
 * the store, once and byte for byte.
 */

import { expect } from "bun:test";
import { join } from "node:path";
import type { Entry, GivenAnswers } from "../../src/intake/entry.ts";
import { openStore } from "../../src/intake/store/store.ts";
import { awkwardAnswers, type Ending, takePart } from "./participants.ts";
import { type CredentialsFolder, serverArgs } from "./peers.ts";
import { makeFolder, type Program, type ProgramOptions, start, tlslp } from "./processes.ts";

export const NOT_KEPT = "the answers could not be kept, try again later";

/** Clients show no certificate, and do not check the server's: these tests are about the store. */
export const ANYBODY: Bun.TLSOptions = { rejectUnauthorized: false };

export interface IntakeServer extends AsyncDisposable {
  readonly program: Program;
  readonly port: number;
  /** Of the log, as far as it was written. */
  readonly log: string;
}

/** Starts a server that requires no work; `wrap` may change the command. */
export async function startIntakeServer(
  credentials: CredentialsFolder,
  args: readonly string[],
  {
    mode = "insecure",
    wrap = (command) => command,
    ...options
  }: ProgramOptions & {
    readonly mode?: "insecure" | "mutual";
    readonly wrap?: (command: readonly string[]) => readonly string[];
  } = {},
): Promise<IntakeServer> {
  const command = [tlslp(), ...serverArgs(credentials, mode, ["--bits", "0", ...args])];
  const program = start(wrap(command), options);
  const [, port] = await program.stdout.next(/^listening on .*:(\d+)$/);
  return {
    program,
    port: Number(port),
    get log() {
      return program.stderr.text;
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/** Sends participants, `atOnce` at a time, until it is told to stop; then waits for their ends. */
export function sendParticipants(port: number, atOnce: number, name: string) {
  const endings: Ending[] = [];
  let isStopped = false;
  let count = 0;
  const running = Array.from({ length: atOnce }, async () => {
    while (!isStopped) {
      count += 1;
      endings.push(await takePart({ port, tls: ANYBODY }, awkwardAnswers(`${name} ${count}`)));
    }
  });
  return {
    endings,
    async stop(): Promise<readonly Ending[]> {
      isStopped = true;
      await Promise.all(running);
      return endings;
    },
  };
}

/** Everything in a store. */
export async function readEntries(url: string): Promise<readonly Entry[]> {
  const store = await openStore(url, { create: false });
  try {
    return store === undefined ? [] : await Array.fromAsync(store.entries({}, "oldest first"));
  } finally {
    await store?.close();
  }
}

/** Checks what is in the store against what clients sent and heard; returns the submissions. */
export function expectKept(
  entries: readonly Entry[],
  endings: readonly Ending[],
): readonly Entry[] {
  const sent = new Map(endings.map(({ answers }) => [answers.FULL_NAME, answers]));
  const kept = new Map<string | undefined, GivenAnswers>();
  const submissions = entries.filter(({ outcome }) => outcome === "complete");
  for (const { answers } of submissions) {
    const name = answers?.FULL_NAME;
    expect(kept.has(name)).toBe(false);
    expect(answers).toEqual(sent.get(name) ?? null);
    kept.set(name, answers ?? {});
  }
  for (const { answers, sawDone } of endings) {
    if (sawDone) {
      expect(kept.get(answers.FULL_NAME)).toEqual(answers);
    }
  }
  for (const { outcome, answers } of entries) {
    expect(outcome === "complete" || answers === null).toBe(true);
  }
  return submissions;
}

/** A place for a SQLite store, and its URL. */
export function makeStorePlace() {
  const folder = makeFolder();
  const path = join(folder.path, "intake.db");
  return {
    folder: folder.path,
    path,
    url: `sqlite:${path}`,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** Waits until it is so; throws when that takes too long. */
export async function eventually(condition: () => boolean | Promise<boolean>, seconds = 30) {
  const deadline = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error("it took too long");
    }
    await Bun.sleep(20);
  }
}
