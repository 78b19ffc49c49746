/**
 * What sessions ask: the same of everybody, or, to exercise other people's clients, something else
 * of each.
 */
import { randomInt } from "node:crypto";
import type { Plan, Question } from "../conversation/server.ts";
import { oldFault } from "../fault/fault.ts";
import { quoted } from "../fault/printable.ts";
import { randomWord } from "../puzzle/word.ts";
import {
  type Bits,
  isBits,
  isRequestName,
  isWord,
  MAX_BITS,
  REQUESTS,
  type RequestName,
  type Word,
} from "../wire/message.ts";

const TOKEN_LENGTH = 64;
const ARG_LENGTH = 16;
export const DEFAULT_BITS = 28 as Bits;

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

/** Settings as a program may say them: not checked yet, and with what is usual left out. */
export interface PlanRequest {
  /** How many zero bits a client must find, 0 to 64; default 28. */
  readonly bits?: number;
  /** 1 to 128 characters of `A–Z a–z 0–9 _ -`; default: fresh random ones for each session. */
  readonly token?: string | undefined;
  /** 1 to 128 such characters; default: fresh random ones for each request. */
  readonly arg?: string | undefined;
  /** What to ask, in this order; default: each of the eight once. */
  readonly requests?: readonly RequestName[];
  /** Ask requests at random instead. */
  readonly exercise?: Exercise | undefined;
}

/** Throws a usage fault for what the protocol does not know. */
export function checkPlan(request: PlanRequest): PlanSettings {
  const { bits = DEFAULT_BITS, token, arg, requests = REQUESTS, exercise } = request;
  if (!isBits(bits)) {
    throw oldFault("usage", `bits ${bits} is not a whole number from 0 to ${MAX_BITS}`);
  }
  const unknown = requests.find((name) => !isRequestName(name));
  if (unknown !== undefined) {
    throw oldFault("usage", `${quoted(unknown)} is not one of ${REQUESTS.join(", ")}`);
  }
  return {
    bits,
    token: checkWord("token", token),
    arg: checkWord("arg", arg),
    requests,
    exercise,
  };
}

function checkWord(what: string, text: string | undefined): Word | undefined {
  if (text === undefined || isWord(text)) {
    return text;
  }
  throw oldFault("usage", `${what} ${quoted(text)} is not 1 to 128 characters of A-Z a-z 0-9 _ -`);
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
