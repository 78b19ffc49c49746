/**
 * An intake made of settings: of `createServer`'s options, or of the command line's flags. Its
 * parts are loaded here, so that a server without an intake does not load them.
 */
import { orAborted } from "../deadline.ts";
import { Fault } from "../fault/fault.ts";
import type { Anonymity } from "../fault/sentences/command-line.ts";
import { MAX_PATIENCE } from "./database/database.ts";
import type { ReceiptSigner } from "./entry.ts";
import type { Intake, IntakeEvent, IntakeOptions } from "./intake.ts";
import { makeOpening } from "./opening.ts";
import {
  plainQuestions,
  type Questionnaire,
  type QuestionSettings,
} from "./questions/questionnaire.ts";
import type { StoreEvent } from "./store/health.ts";
import type { Store, StoreOptions } from "./store/store.ts";

/** The settings of an intake; `CreateServerOptions` explains each. */
export interface IntakeSettings {
  /** The store's URL; undefined: the default store. */
  readonly store: string | undefined;
  /** The path of a questions file, or its questions. */
  readonly questions: string | readonly QuestionSettings[] | undefined;
  readonly check: boolean;
  readonly passes: number | undefined;
  readonly open: string | undefined;
  readonly close: string | undefined;
  readonly receipts: string | undefined;
  readonly onPass: string | undefined;
  readonly onPassLimit: number | undefined;
  /** In days. */
  readonly retain: number | undefined;
}

export interface OpenOptions {
  /** How long a client may wait for DONE, in seconds. */
  readonly seconds: number;
  /** Ends the wait for the store early; its reason is then thrown. */
  readonly signal?: AbortSignal | undefined;
  readonly observe: (event: IntakeEvent | StoreEvent) => void;
}

/** How many on-pass commands run at once by default. */
export const DEFAULT_ON_PASS_LIMIT = 4;

/** File descriptors of an on-pass command: its three streams, and the process itself. */
const COMMAND_DESCRIPTORS = 4;

/** Returns how many file descriptors the on-pass commands of these settings take. */
export function descriptorsOfCommands({
  onPass,
  onPassLimit = DEFAULT_ON_PASS_LIMIT,
}: IntakeSettings): number {
  return onPass === undefined ? 0 : COMMAND_DESCRIPTORS * onPassLimit;
}

/** Throws a usage fault for settings that exclude or need each other. */
export function checkIntakeSettings(
  settings: IntakeSettings,
  anonymity: Anonymity | undefined,
): void {
  if (settings.check && settings.questions !== undefined) {
    throw new Fault("exclusive", { settings: ["check", "questions"] });
  }
  if (settings.onPassLimit !== undefined && settings.onPass === undefined) {
    throw new Fault("needsOther", { setting: "onPassLimit", needed: "onPass" });
  }
  makeOpening(settings.open, settings.close);
  if (settings.passes !== undefined && anonymity !== undefined) {
    throw new Fault("needsCertificates", { setting: "passes", without: anonymity });
  }
  if (settings.store === "none") {
    for (const setting of ["passes", "receipts", "onPass", "retain"] as const) {
      if (settings[setting] !== undefined) {
        throw new Fault("needsStore", { setting });
      }
    }
  }
}

/** The parts of an intake that are read from files. */
interface IntakeFiles {
  /** Undefined: the eight questions, without rules. */
  readonly questionnaire: Questionnaire | undefined;
  readonly receipts: ReceiptSigner | undefined;
  readonly onPass: IntakeOptions["onPass"];
}

/**
 * Reads the files of settings that were checked. Throws a usage fault for a file or a command that
 * cannot be used.
 */
export async function readIntakeFiles(settings: IntakeSettings): Promise<IntakeFiles> {
  return {
    questionnaire: await readQuestionnaire(settings),
    receipts: await readReceipts(settings.receipts),
    onPass: await readOnPass(settings),
  };
}

/**
 * Opens the intake of settings that were checked; returns undefined where every answer is taken and
 * forgotten. Throws a usage fault for a store that cannot be used, and a transport fault for one
 * that cannot be reached.
 */
export async function openIntake(
  settings: IntakeSettings,
  { questionnaire, receipts, onPass }: IntakeFiles,
  { seconds, signal, observe }: OpenOptions,
): Promise<Intake | undefined> {
  const { open, close, passes, retain: retainDays } = settings;
  const isAlwaysOpen = open === undefined && close === undefined;
  if (settings.store === "none" && isAlwaysOpen && questionnaire === undefined) {
    return undefined;
  }
  // Less than a client waits for DONE, so that it gets a FAIL.
  const patience = Math.min(MAX_PATIENCE, seconds / 2);
  const store = await openStoreAt(settings.store, { patience, observe }, signal);
  const { startIntake } = await import("./intake.ts");
  return startIntake({
    questionnaire: questionnaire ?? plainQuestions(),
    opening: makeOpening(open, close),
    store,
    passes,
    receipts,
    onPass,
    retainDays,
    observe,
  });
}

/** Opens a store, unless the signal aborts; `none`, which is undefined, loads nothing. */
async function openStoreAt(
  url: string | undefined,
  options: StoreOptions,
  signal: AbortSignal | undefined,
): Promise<Store | undefined> {
  if (url === "none") {
    return undefined;
  }
  const { openStore } = await import("./store/store.ts");
  const opening = openStore(url, options);
  try {
    return await orAborted(opening, signal);
  } catch (thrown) {
    // After an abort it may still open.
    opening.then((store) => store?.close()).catch(() => undefined);
    throw thrown;
  }
}

/** Returns the questions of the settings; undefined for the eight without rules. */
async function readQuestionnaire({
  questions,
  check,
}: IntakeSettings): Promise<Questionnaire | undefined> {
  if (questions === undefined && !check) {
    return undefined;
  }
  const { checkedQuestions, parseQuestions, readQuestions } = await import(
    "./questions/questions.ts"
  );
  if (questions === undefined) {
    return checkedQuestions();
  }
  return typeof questions === "string"
    ? readQuestions(questions)
    : parseQuestions(JSON.stringify(questions));
}

async function readReceipts(path: string | undefined): Promise<ReceiptSigner | undefined> {
  if (path === undefined) {
    return undefined;
  }
  const { readReceiptKey } = await import("./receipts.ts");
  return readReceiptKey(path);
}

async function readOnPass({
  onPass,
  onPassLimit = DEFAULT_ON_PASS_LIMIT,
}: IntakeSettings): Promise<IntakeOptions["onPass"]> {
  if (onPass === undefined) {
    return undefined;
  }
  const { checkCommand } = await import("./on-pass.ts");
  return { command: checkCommand(onPass), limit: onPassLimit };
}
