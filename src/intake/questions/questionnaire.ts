/**
 * The questions of an intake. Apart from the rules, because most servers have none and load none.
 */
import { REQUESTS, type RequestName } from "../../wire/message.ts";
import type { NamedCheck } from "./rules.ts";

/** The questions of an intake, and their rules. */
export interface Questionnaire {
  readonly requests: readonly RequestName[];
  /** Returns the broken rule in words; undefined where the answer breaks none. */
  readonly brokenRule: (request: RequestName, answer: string) => string | undefined;
}

/** One question of a questions file. `QUESTIONS_FILE` checks the same. */
export interface QuestionSettings {
  /** The name of the request; each at most once. */
  readonly ask: RequestName;
  /** Default: "text". */
  readonly check?: NamedCheck | { readonly oneOf: readonly string[] };
  /** Of a date: YYYY, MM and DD once each, with separators between them; default: YYYY-MM-DD. */
  readonly format?: string;
  /** In characters, 1 to 934; default: 1. */
  readonly minLength?: number;
  /** In characters, 1 to 934; default: 934. */
  readonly maxLength?: number;
  /** In RE2 syntax; found anywhere in the answer. */
  readonly pattern?: string;
  /** False: the answer `N/A` is right too. Default: true. */
  readonly required?: boolean;
}

/** Returns the protocol's eight questions, without rules. */
export function plainQuestions(): Questionnaire {
  return { requests: REQUESTS, brokenRule: () => undefined };
}
