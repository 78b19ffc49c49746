/**
 * What sessions ask: the same of everybody, or, to exercise other people's clients, something else
 * of each.
 */
import { randomInt } from "node:crypto";
import type { Plan, Question } from "../conversation/server.ts";
import { randomWord } from "../puzzle/word.ts";
import { type Bits, REQUESTS, type RequestName, type Word } from "../wire/message.ts";

const TOKEN_LENGTH = 64;
const ARG_LENGTH = 16;

export interface PlanSettings {
  readonly bits: Bits;
  /** Instead of a fresh random one for each session. */
  readonly token?: Word | undefined;
  /** Instead of a fresh random one for each request. */
  readonly arg?: Word | undefined;
  /** What to ask, in this order. */
  readonly requests: readonly RequestName[];
  /** Ask requests at random instead. */
  readonly exercise?: Exercise | undefined;
}

export interface Exercise {
  /** How many requests. */
  readonly requests: number;
  /** The chance, before each of them, of a FAIL instead: 0 to 1. */
  readonly failRate: number;
}

/** Makes the plan of one session. */
export function makePlan(settings: PlanSettings): Plan {
  const { bits, token = randomWord(TOKEN_LENGTH), arg, requests, exercise } = settings;
  const question = (request: RequestName): Question => ({
    request,
    arg: arg ?? randomWord(ARG_LENGTH),
  });
  if (exercise === undefined) {
    return { token, bits, questions: requests.map(question) };
  }
  const questions: Question[] = [];
  while (questions.length < exercise.requests) {
    if (happens(exercise.failRate)) {
      return { token, bits, questions, refusal: "this is an exercise: be ready for FAIL" };
    }
    questions.push(question(anyOf(REQUESTS)));
  }
  return { token, bits, questions };
}

function anyOf<T>(items: readonly [T, ...T[]]): T {
  return items[randomInt(items.length)] ?? items[0];
}

function happens(chance: number): boolean {
  const PRECISION = 2 ** 32;
  return randomInt(PRECISION) < chance * PRECISION;
}
