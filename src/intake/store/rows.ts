/**
 * Rows of the table of entries, to and from what they mean.
 */
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

/** The columns with personal data. */
export const PERSONAL_COLUMNS = [
  "participant",
  "subject",
  "address",
  "answers",
  "receipt",
] as const satisfies readonly (keyof Row)[];

/** `isPending`: whether the on-pass command has it to do. */
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
  return { ...rowOfFacts(attempt), ...nothing, outcome, step, reason };
}

function rowOfFacts(facts: SessionFacts & { readonly id: string; readonly at: Date }) {
  const { id, at, participant, address, bits = null, workSeconds = null } = facts;
  return {
    id,
    at: at.toISOString(),
    participant: participant?.name ?? null,
    subject: participant?.subject ?? null,
    fingerprint: participant?.fingerprint ?? null,
    address,
    bits,
    work_seconds: workSeconds,
    acknowledged: 0,
    erased: 0,
  };
}

export function entryOf(row: Row): Entry {
  const isErased = row.erased === 1;
  const personal = (text: string | null) => (isErased ? null : text);
  return {
    id: row.id,
    at: new Date(row.at),
    outcome: row.outcome,
    step: row.step,
    reason: row.reason,
    participant: personal(row.participant),
    subject: personal(row.subject),
    fingerprint: row.fingerprint,
    address: personal(row.address),
    bits: row.bits,
    workSeconds: row.work_seconds,
    isAcknowledged: row.acknowledged === 1,
    isErased,
    answers: isErased || row.answers === null ? null : JSON.parse(row.answers),
    receipt: personal(row.receipt),
  };
}

/** Spaces of the same length in bytes: SQLite then overwrites a text where it lies. */
export function blank(text: string): string {
  return " ".repeat(Buffer.byteLength(text));
}

/** The requests of the column `requests`. */
export function parseRequests(text: string | null): readonly RequestName[] {
  return (text ?? "").split(" ").filter(isRequestName);
}
