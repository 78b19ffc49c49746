/**
 * Rows of the table of entries: made from submissions and attempts, and made into entries.
 */
import { roundToMicroseconds } from "../../seconds.ts";
import { isRequestName, type RequestName } from "../../wire/message.ts";
import {
  type Attempt,
  answersText,
  type Entry,
  type Outcome,
  requestsOf,
  type SessionFacts,
  type Submission,
} from "../entry.ts";

/** A row of `tlslp_entries`; its columns are explained in migrations/0001-entries.sql. */
export interface Row {
  readonly id: string;
  readonly at: string;
  readonly outcome: Outcome;
  readonly step: string;
  readonly reason: string | null;
  readonly participant: string | null;
  readonly subject: string | null;
  readonly fingerprint: string | null;
  readonly address: string | null;
  readonly bits: number | null;
  readonly work_seconds: number | null;
  readonly acknowledged: number;
  readonly pending: number;
  readonly erased: number;
  readonly requests: string | null;
  readonly answers: string | null;
  readonly receipt: string | null;
}

/**
 * Returns the row of a submission. `isPending`: whether the on-pass command is still to handle it.
 */
export function rowOfSubmission(submission: Submission, isPending: boolean): Row {
  const { answers, receipt = null } = submission;
  return {
    ...rowOfFacts(submission),
    outcome: "complete",
    step: "DONE",
    reason: null,
    pending: isPending ? 1 : 0,
    requests: requestsOf(answers).join(" "),
    answers: answersText(answers),
    receipt,
  };
}

export function rowOfAttempt(attempt: Attempt): Row {
  const { outcome, step, reason } = attempt;
  const nothing = { pending: 0, requests: null, answers: null, receipt: null };
  return { ...rowOfFacts(attempt), ...nothing, outcome, step, reason: storable(reason) };
}

function rowOfFacts(facts: SessionFacts & { readonly id: string; readonly at: Date }) {
  const { id, at, participant, address, bits = null, workSeconds } = facts;
  return {
    id,
    at: at.toISOString(),
    participant: participant === undefined ? null : storable(participant.name),
    subject: participant === undefined ? null : storable(participant.subject),
    fingerprint: participant?.fingerprint ?? null,
    address,
    bits,
    work_seconds: workSeconds === undefined ? null : roundToMicroseconds(workSeconds),
    acknowledged: 0,
    erased: 0,
  };
}

/** Returns the text as PostgreSQL can keep it: without NUL, and well-formed Unicode. */
function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}

export function entryOf(row: Row): Entry {
  return {
    id: row.id,
    at: new Date(row.at),
    outcome: row.outcome,
    step: row.step,
    reason: row.reason,
    participant: row.participant,
    subject: row.subject,
    fingerprint: row.fingerprint,
    address: row.address,
    bits: row.bits,
    workSeconds: row.work_seconds,
    isAcknowledged: row.acknowledged === 1,
    isErased: row.erased === 1,
    answers: row.answers === null ? null : JSON.parse(row.answers),
    receipt: row.receipt,
  };
}

/** Parses the column `requests`. */
export function parseRequests(text: string | null): readonly RequestName[] {
  return (text ?? "").split(" ").filter(isRequestName);
}
