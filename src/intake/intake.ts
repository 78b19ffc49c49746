/**
 * The intake as a server uses it: a step before HELLO, one for each answer, one before DONE, and
 * one after a session that ended early.
 */
import { Fault, HIDING_VOICE, sentenceOf, toFault } from "../fault/fault.ts";
import type { RequestName } from "../wire/message.ts";
import {
  makeAttempt,
  makeSubmission,
  type Outcome,
  type Participant,
  type ReceiptSigner,
  type SessionFacts,
} from "./entry.ts";
import { type OnPassEvent, type OnPassOptions, startOnPass } from "./on-pass.ts";
import { checkOpen, type Opening } from "./opening.ts";
import type { Questionnaire } from "./questions/questionnaire.ts";
import { type RetentionEvent, startRetention } from "./retention.ts";
import type { Health } from "./store/health.ts";
import type { Store } from "./store/store.ts";

export interface IntakeOptions {
  readonly questionnaire: Questionnaire;
  /** Needed for passes, receipts, onPass and retainDays; default: answers are only checked. */
  readonly store?: Store | undefined;
  readonly opening?: Opening;
  /** How many submissions a participant may have; default: any number. */
  readonly passes?: number | undefined;
  readonly receipts?: ReceiptSigner | undefined;
  /** The command to run for each submission, and how many at once. */
  readonly onPass?: Pick<OnPassOptions, "command" | "limit"> | undefined;
  /** Personal data that is older is erased. */
  readonly retainDays?: number | undefined;
  readonly observe: (event: IntakeEvent) => void;
}

/** An event of an intake, other than those of its store. */
export type IntakeEvent =
  | OnPassEvent
  | RetentionEvent
  /** The store failed to record that a client said OK, or that a session ended early. */
  | { readonly type: "note not kept"; readonly reason: string };

/** A submission that is kept. */
export interface Kept {
  /** A ULID, as `tlslp submissions list` shows it. */
  readonly id: string;
  /** The compact JWS; undefined if the server signs none. */
  readonly receipt: string | undefined;
}

export interface Intake {
  /** The requests to make, in this order. */
  readonly requests: readonly RequestName[];
  /** The name of the store; undefined where answers are checked and forgotten. */
  readonly storeName: string | undefined;
  readonly health: Health;
  /** Called before HELLO: throws the fault that refuses a client, if it may not take part now. */
  admit(participant: Participant | undefined): Promise<void>;
  /** Throws the fault that refuses an answer, if it breaks its rule. */
  checkAnswer(request: RequestName, answer: string): void;
  /**
   * Called before DONE: resolves when the answers are durable, to undefined where they are
   * forgotten. Throws the fault to send instead of DONE.
   */
  keep(facts: SessionFacts, answers: ReadonlyMap<RequestName, string>): Promise<Kept | undefined>;
  /** Called after OK. */
  acknowledge(kept: Kept | undefined): void;
  /** Called when a session ended before DONE. */
  noteAttempt(facts: SessionFacts, step: string, fault: Fault): void;
  /**
   * Gives running commands a number of seconds to end (default 10), writes waiting changes, and
   * closes the store.
   */
  close(grace?: number): Promise<void>;
}

/** Starts an intake, which closes the store at its end. */
export function startIntake(options: IntakeOptions): Intake {
  const { questionnaire, store, opening = {}, passes, receipts, retainDays, observe } = options;
  const onPass =
    store && options.onPass ? startOnPass({ ...options.onPass, store, observe }) : undefined;
  const retention =
    store && retainDays !== undefined ? startRetention(store, retainDays, observe) : undefined;

  /** Reports a failure of a change for which no session waits. */
  function note(noting: Promise<void>): void {
    noting.catch((thrown: unknown) => {
      observe({ type: "note not kept", reason: toFault(thrown).message });
    });
  }

  return {
    requests: questionnaire.requests,
    storeName: store?.name,
    get health() {
      return store?.health ?? { isOk: true };
    },
    async admit(participant) {
      checkOpen(opening);
      if (store === undefined || passes === undefined || participant === undefined) {
        return;
      }
      if ((await store.passesOf(participant.fingerprint)) >= passes) {
        throw new Fault("answeredAlready", {});
      }
    },
    checkAnswer(request, answer) {
      const rule = questionnaire.brokenRule(request, answer);
      if (rule !== undefined) {
        throw new Fault("invalidAnswer", { request, rule });
      }
    },
    async keep(facts, answers) {
      if (store === undefined) {
        return undefined;
      }
      const submission = makeSubmission(facts, Object.fromEntries(answers));
      const receipt = await receipts?.sign(submission);
      await store.record({ ...submission, receipt }, { passes, isPending: onPass !== undefined });
      onPass?.add(submission.id);
      return { id: submission.id, receipt };
    },
    acknowledge(kept) {
      if (store !== undefined && kept !== undefined) {
        note(store.acknowledge(kept.id));
      }
    },
    noteAttempt(facts, step, fault) {
      if (store !== undefined) {
        const reason = sentenceOf(fault, HIDING_VOICE);
        note(store.recordAttempt(makeAttempt(facts, { outcome: outcomeOf(fault), step, reason })));
      }
    },
    async close(grace = 10) {
      retention?.[Symbol.dispose]();
      await onPass?.stop(grace);
      await store?.close();
    },
  };
}

/** Returns the outcome of a session that this fault ended. */
export function outcomeOf(fault: Fault): Exclude<Outcome, "complete"> {
  if (fault.code === "invalidAnswer" || fault.family === "protocol") {
    return "invalid";
  }
  switch (fault.family) {
    case "timeout":
      return "timeout";
    case "transport":
      return "incomplete";
    default:
      return "refused";
  }
}
