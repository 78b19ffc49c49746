/**
 * The parts that the commands of `tlslp submissions` share: the store, the filter of entries, and
 * the id of an entry.
 */
import type { Context } from "../../cli/command.ts";
import { choiceFlag, type FlagValues, textFlag, valueFlag } from "../../cli/flag.ts";
import { printNote } from "../../cli/output.ts";
import { orAborted } from "../../deadline.ts";
import { Fault } from "../../fault/fault.ts";
import { type Entry, OUTCOMES } from "../../intake/entry.ts";
import { parseMoment } from "../../intake/opening.ts";
import type { EraseOptions } from "../../intake/store/erase.ts";
import type { Filter } from "../../intake/store/queries.ts";
import type { Store } from "../../intake/store/store.ts";

export const STORE_FLAG = textFlag({
  name: "store",
  placeholder: "URL",
  fallback: undefined,
  shownDefault: "a file in the state folder",
  help: "the store of the server: sqlite:PATH or postgres://USER@HOST/DATABASE",
});

const FILTER_GROUP = "Filter";

/** Bytes of entries that were read since the last collection of garbage. */
const MAX_GARBAGE = 2_000_000;
/** The size of an entry without answers, in bytes. */
const ENTRY_SIZE = 1000;

export const FILTER_FLAGS = {
  since: timeFlag("since", "only what ended at this time or later, such as 2027-01-31T18:00:00Z"),
  until: timeFlag("until", "only what ended before this time"),
  participant: textFlag({
    name: "participant",
    placeholder: "TEXT",
    fallback: undefined,
    group: FILTER_GROUP,
    help: "only participants with this in their certificate's name, subject or fingerprint",
  }),
} as const;

const CHOICES = [...OUTCOMES, "any"] as const;
type Choice = (typeof CHOICES)[number];

export function outcomeFlag(fallback: Choice) {
  return choiceFlag({
    name: "outcome",
    choices: CHOICES,
    fallback,
    group: FILTER_GROUP,
    help: "only sessions with this outcome",
  });
}

export function readFilter(
  { since, until, participant }: FlagValues<typeof FILTER_FLAGS>,
  outcome: Choice,
): Filter {
  return {
    since: since && new Date(since.time),
    until: until && new Date(until.time),
    participant,
    outcome: outcome === "any" ? undefined : outcome,
  };
}

export const ID = {
  name: "id",
  help: "an id, as tlslp submissions list prints it",
  read: readId,
} as const;

/** Calls the function with the store at the URL, which must be there, and closes it. */
export async function withStore(
  url: string | undefined,
  signal: AbortSignal,
  use: (store: Store) => Promise<void>,
): Promise<void> {
  // Not imported above: the help needs no database.
  const { openStore } = await import("../../intake/store/store.ts");
  const store = await orAborted(openStore(url, { create: false }), signal);
  if (store === undefined) {
    throw new Fault("storeNone", {});
  }
  try {
    await use(store);
  } finally {
    // After an abort, a database that does not answer would hold us up.
    if (!signal.aborted) {
      await store.close();
    }
  }
}

/** Throws a usage fault where there is no such entry. */
export async function requireEntry(store: Store, id: string, signal: AbortSignal): Promise<Entry> {
  const entry = await orAborted(store.find(id), signal);
  if (entry === undefined) {
    throw new Fault("submissionUnknown", { id });
  }
  return entry;
}

/**
 * Erases entries until the signal aborts; then says on stderr how far it came, and throws the
 * signal's reason.
 */
export async function eraseUntilAborted<T>(
  signal: AbortSignal,
  erase: (options: EraseOptions) => Promise<T>,
): Promise<T> {
  let count = 0;
  const onProgress = (erased: number) => {
    count = erased;
  };
  try {
    return await erase({ signal, onProgress });
  } catch (thrown) {
    if (signal.aborted) {
      const rest = "their values stay in the store's files until the command has run to its end";
      printNote(`tlslp: interrupted: ${count} removed; ${rest}\n`);
    }
    throw thrown;
  }
}

/**
 * Yields the same entries, and throws the signal's reason once it has aborted. Collects garbage on
 * the way: the runtime would let hundreds of megabytes of read entries pile up first.
 */
export async function* untilAborted(
  entries: AsyncIterable<Entry>,
  signal: AbortSignal,
): AsyncGenerator<Entry> {
  let size = 0;
  const iterator = entries[Symbol.asyncIterator]();
  for (;;) {
    const next = await orAborted(iterator.next(), signal);
    if (next.done === true) {
      return;
    }
    size += sizeOf(next.value);
    if (size > MAX_GARBAGE) {
      size = 0;
      Bun.gc(true);
    }
    yield next.value;
  }
}

/**
 * Prints the pieces one after the other. Throws the signal's reason once it has aborted, also while
 * the reader of stdout does not read.
 */
export async function printAll(
  pieces: AsyncIterable<string>,
  { print, signal }: Pick<Context, "print" | "signal">,
): Promise<void> {
  for await (const piece of pieces) {
    await orAborted(print(piece), signal);
  }
}

/** Returns about the size of an entry in bytes. */
function sizeOf({ answers }: Entry): number {
  return Object.values(answers ?? {}).reduce((sum, answer) => sum + answer.length, ENTRY_SIZE);
}

function timeFlag(name: string, help: string) {
  return valueFlag(
    { name, placeholder: "TIME", fallback: undefined, group: FILTER_GROUP, help },
    parseMoment,
  );
}

function readId(value: string, setting: string): string {
  if (!/^[0-9A-HJKMNP-TV-Z]{26}$/i.test(value)) {
    throw new Fault("notId", { setting, value });
  }
  return value.toUpperCase();
}
