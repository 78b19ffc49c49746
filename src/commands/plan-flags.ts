/**
 * The flags about the questions of a server's sessions.
 */
import {
  type FlagValues,
  readChoice,
  readDecimal,
  switchFlag,
  valueFlag,
  wholeFlag,
} from "../cli/flag.ts";
import { Fault } from "../fault/fault.ts";
import { checkExercise, DEFAULT_BITS, MAX_EXERCISE, type PlanSettings } from "../server/plan.ts";
import { TUTORIAL_ARG, TUTORIAL_TOKEN } from "../tutorial/fixed-values.ts";
import { REQUESTS, type RequestName } from "../wire/message.ts";
import { BITS, TOKEN } from "./puzzle-arguments.ts";

export const SESSION_GROUP = "Sessions";

export const PLAN_FLAGS = {
  bits: valueFlag(
    {
      name: "bits",
      aliases: ["n-bits", "n_bits"],
      placeholder: "N",
      fallback: DEFAULT_BITS,
      group: SESSION_GROUP,
      help: "the zero bits that a client must find",
    },
    BITS.read,
  ),
  requests: valueFlag(
    {
      name: "requests",
      placeholder: "LIST",
      fallback: undefined,
      shownDefault: REQUESTS.join(","),
      group: SESSION_GROUP,
      help: "the requests, in this order, instead of those of --questions; repeats allowed",
    },
    readRequests,
  ),
  exercise: wholeFlag({
    name: "exercise",
    placeholder: "N",
    fallback: undefined,
    least: 1,
    most: MAX_EXERCISE,
    group: SESSION_GROUP,
    help: "ask N requests at random instead, to test other people's clients",
  }),
  failRate: valueFlag(
    {
      name: "fail-rate",
      placeholder: "P",
      fallback: undefined,
      shownDefault: "0",
      group: SESSION_GROUP,
      help: "with --exercise: the chance of a FAIL before each request, 0 to 1",
    },
    readChance,
  ),
  token: valueFlag(
    {
      name: "token",
      placeholder: "WORD",
      fallback: undefined,
      shownDefault: "fresh random for each session",
      group: SESSION_GROUP,
      help: "a fixed token, for tests",
    },
    TOKEN.read,
  ),
  arg: valueFlag(
    {
      name: "random-string",
      placeholder: "WORD",
      fallback: undefined,
      shownDefault: "fresh random for each request",
      group: SESSION_GROUP,
      help: "a fixed arg of the requests, for tests",
    },
    TOKEN.read,
  ),
  tutorial: switchFlag({
    name: "tutorial",
    group: SESSION_GROUP,
    help: "serve one session with a fixed token, arg and order, and explain each line",
  }),
} as const;

/** Returns the settings of each session. Throws a usage fault for flags that exclude each other. */
export function readPlanSettings(flags: FlagValues<typeof PLAN_FLAGS>): PlanSettings {
  const { bits, token, arg, requests, exercise, failRate, tutorial } = flags;
  checkExercise(flags);
  if (tutorial) {
    refuseWithTutorial({ token, arg, requests, exercise });
    return {
      bits,
      token: TUTORIAL_TOKEN,
      arg: TUTORIAL_ARG,
      requests: REQUESTS,
      exercise,
      failRate: 0,
    };
  }
  return {
    bits,
    token,
    arg,
    requests,
    exercise,
    failRate: failRate ?? 0,
  };
}

/** Refuses flags whose values a tutorial fixes. */
function refuseWithTutorial(flags: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(flags)) {
    if (value !== undefined) {
      throw new Fault("exclusive", { settings: ["tutorial", key] });
    }
  }
}

function readRequests(text: string, setting: string): readonly RequestName[] {
  return text.split(",").map((name) => readChoice(name, setting, REQUESTS));
}

function readChance(value: string, setting: string): number {
  const chance = readDecimal(value);
  if (chance >= 0 && chance <= 1) {
    return chance;
  }
  throw new Fault("notChance", { setting, value });
}
