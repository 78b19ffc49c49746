/**
 * The questions of sessions: the same for every client, or random ones to test other clients.
 */
import { randomInt } from "node:crypto";
import type { Plan, Question } from "../conversation/server.ts";
import { Fault } from "../fault/fault.ts";
import { randomWord } from "../puzzle/word.ts";
import { type Bits, REQUESTS, type RequestName, type Word } from "../wire/message.ts";

const TOKEN_LENGTH = 64;
const ARG_LENGTH = 16;
export const DEFAULT_BITS = 28 as Bits;

/** The most requests of an exercise: more would only hold a client up. */
export const MAX_EXERCISE = 1000;

export interface PlanSettings {
  /** How many zero bits a client must find. */
  readonly bits: Bits;
  /** Undefined: a fresh random token for each session. */
  readonly token: Word | undefined;
  /** Undefined: a fresh random arg for each request. */
  readonly arg: Word | undefined;
  /** The requests, in their order; undefined: those of the intake, or else the eight. */
  readonly requests: readonly RequestName[] | undefined;
  /** How many requests to ask at random, instead of `requests`. */
  readonly exercise: number | undefined;
  /** The chance of a FAIL before each request of an exercise, 0 to 1. */
  readonly failRate: number;
}

/** Throws a usage fault for options that exclude or need each other. */
export function checkExercise({
  requests,
  exercise,
  failRate,
}: {
  readonly requests?: unknown;
  readonly exercise?: unknown;
  readonly failRate?: unknown;
}): void {
  if (requests !== undefined && exercise !== undefined) {
    throw new Fault("exclusive", { settings: ["requests", "exercise"] });
  }
  if (failRate !== undefined && exercise === undefined) {
    throw new Fault("needsOther", { setting: "failRate", needed: "exercise" });
  }
}

/** Makes the plan of one session. */
export function makePlan(settings: PlanSettings): Plan {
  const { bits, token = randomWord(TOKEN_LENGTH), exercise } = settings;
  const ask = (request: RequestName): Question => ({
    request,
    arg: settings.arg ?? randomWord(ARG_LENGTH),
  });
  if (exercise === undefined) {
    return { token, bits, questions: (settings.requests ?? REQUESTS).map(ask) };
  }
  const questions: Question[] = [];
  while (questions.length < exercise) {
    if (happens(settings.failRate)) {
      return { token, bits, questions, refusal: "this is an exercise: be ready for FAIL" };
    }
    questions.push(ask(anyOf(REQUESTS)));
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
