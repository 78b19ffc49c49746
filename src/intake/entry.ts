/**
 * An entry of the store: one session that ended, as a submission with all its answers, or as an
 * attempt without any.
 */
import { hash } from "node:crypto";
import { REQUESTS, type RequestName } from "../wire/message.ts";
import { newId } from "./id.ts";

/**
 * - `complete`: all was answered, and is kept
 * - `incomplete`: the connection ended before that
 * - `invalid`: the client broke the protocol or a rule of a question
 * - `refused`: the server sent FAIL for another reason
 * - `timeout`: a time limit passed
 */
export const OUTCOMES = ["complete", "incomplete", "invalid", "refused", "timeout"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A person who takes part, by the certificate that the client showed. */
export interface Participant {
  /** The subject's common name. */
  readonly name: string;
  readonly subject: string;
  /** SHA-256 of the public key, as `sha256/BASE64`. */
  readonly fingerprint: string;
}

/** The answers of one submission: those to the requests that were made. */
export type GivenAnswers = { readonly [R in RequestName]?: string };

/** The facts of a session, whichever way it ended. */
export interface SessionFacts {
  /** Absent where clients show no certificate. */
  readonly participant?: Participant | undefined;
  /** The client's address and port. */
  readonly address: string;
  /** Of the puzzle that was set. */
  readonly bits?: number | undefined;
  /** How long the client took to solve it. */
  readonly workSeconds?: number | undefined;
}

export interface Submission extends SessionFacts {
  readonly id: string;
  readonly at: Date;
  /** In the protocol's order. */
  readonly answers: GivenAnswers;
  /** A compact JWS. */
  readonly receipt?: string | undefined;
}

/** Signs the receipts of submissions. */
export interface ReceiptSigner {
  sign(submission: Submission): Promise<string>;
}

export interface Attempt extends SessionFacts {
  readonly id: string;
  readonly at: Date;
  readonly outcome: Exclude<Outcome, "complete">;
  /** The name of the last message that the server sent. */
  readonly step: string;
  /** Contains no text that the client sent. */
  readonly reason: string;
}

/** An entry as the store returns it. Null means absent or erased. */
export interface Entry {
  readonly id: string;
  readonly at: Date;
  readonly outcome: Outcome;
  readonly step: string;
  readonly reason: string | null;
  readonly participant: string | null;
  readonly subject: string | null;
  readonly fingerprint: string | null;
  readonly address: string | null;
  readonly bits: number | null;
  readonly workSeconds: number | null;
  /** Whether the client said OK after DONE. */
  readonly isAcknowledged: boolean;
  /** Whether its personal data was removed. */
  readonly isErased: boolean;
  readonly answers: GivenAnswers | null;
  readonly receipt: string | null;
}

/** Makes a submission of answers in any order, as of now. */
export function makeSubmission(
  facts: SessionFacts,
  answers: GivenAnswers,
  at = new Date(),
): Submission {
  return { ...facts, id: newId(at), at, answers: inOrder(answers) };
}

/** Makes an attempt as of now. */
export function makeAttempt(
  facts: SessionFacts,
  end: Pick<Attempt, "outcome" | "step" | "reason">,
  at = new Date(),
): Attempt {
  return { ...facts, ...end, id: newId(at), at };
}

/** Returns answers as one JSON object in the protocol's order, without spaces and newlines. */
export function answersText(answers: GivenAnswers): string {
  return JSON.stringify(inOrder(answers));
}

/** Returns the SHA-256 of the answers' text, in hexadecimal. */
export function answersDigest(answers: GivenAnswers): string {
  return hash("sha256", answersText(answers), "hex");
}

/** Returns the requests that are answered, in the protocol's order. */
export function requestsOf(answers: GivenAnswers): readonly RequestName[] {
  return REQUESTS.filter((request) => answers[request] !== undefined);
}

function inOrder(answers: GivenAnswers): GivenAnswers {
  return Object.fromEntries(requestsOf(answers).map((request) => [request, answers[request]]));
}
