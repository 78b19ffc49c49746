/**
 * The questions of an intake. Apart from the rules, because most servers have none and load none.
 */
import { REQUESTS, type RequestName } from "../../wire/message.ts";

/** The questions of an intake, and their rules. */
export interface Questionnaire {
  readonly requests: readonly RequestName[];
  /** Returns the broken rule in words; undefined where the answer breaks none. */
  readonly brokenRule: (request: RequestName, answer: string) => string | undefined;
}

/** The protocol's eight, or some of them, without rules. */
export function plainQuestions(requests: readonly RequestName[] = REQUESTS): Questionnaire {
  return { requests, brokenRule: () => undefined };
}
