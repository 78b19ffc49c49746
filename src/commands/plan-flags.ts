/**
 * The flags that say what a server's sessions ask.
 */
import { type FlagValues, refuse, switchFlag, valueFlag, wholeFlag } from "../cli/flag.ts";
import { oldFault } from "../fault/fault.ts";
import { DEFAULT_BITS, type PlanSettings } from "../server/plan.ts";
import { TUTORIAL_ARG, TUTORIAL_TOKEN } from "../tutorial/fixed-values.ts";
import { isRequestName, REQUESTS, type RequestName } from "../wire/message.ts";
import { BITS, TOKEN } from "./puzzle-arguments.ts";

export const SESSION_GROUP = "Sessions";

/** More would only be a way to hold a client up. */
const MAX_EXERCISE = 1000;

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
      help: "what to ask, in this order; repeats allowed",
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
  randomString: valueFlag(
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
    help: "serve one session with a fixed token, arg and order, show each line and what it is for",
  }),
} as const;

/** What the flags say about a session; throws a usage fault when they do not go together. */
export function readPlanSettings(flags: FlagValues<typeof PLAN_FLAGS>): PlanSettings {
  const { bits, token, randomString: arg, requests, exercise, failRate, tutorial } = flags;
  if (requests !== undefined && exercise !== undefined) {
    throw oldFault("usage", "--requests and --exercise exclude each other");
  }
  if (failRate !== undefined && exercise === undefined) {
    throw oldFault("usage", "--fail-rate needs --exercise");
  }
  if (tutorial) {
    refuseWithTutorial({ token, "random-string": arg, requests, exercise });
    return { bits, token: TUTORIAL_TOKEN, arg: TUTORIAL_ARG, requests: REQUESTS };
  }
  return {
    bits,
    token,
    arg,
    requests: requests ?? REQUESTS,
    exercise: exercise === undefined ? undefined : { requests: exercise, failRate: failRate ?? 0 },
  };
}

/** A tutorial fixes what these flags would choose. */
function refuseWithTutorial(flags: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (value !== undefined) {
      throw oldFault("usage", `--tutorial and --${name} exclude each other`);
    }
  }
}

function readRequests(text: string): readonly RequestName[] {
  return text
    .split(",")
    .map((name) =>
      isRequestName(name) ? name : refuse(name, `is not one of ${REQUESTS.join(", ")}`),
    );
}

function readChance(text: string): number {
  const chance = /^\d+(?:\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : Number.NaN;
  return chance >= 0 && chance <= 1 ? chance : refuse(text, "is not a number from 0 to 1");
}
