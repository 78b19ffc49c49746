import { describe, expect, test } from "bun:test";
import { makePlan, type PlanSettings } from "../../../src/server/plan.ts";
import { type Bits, isRequestName, REQUESTS, type Word } from "../../../src/wire/message.ts";

const SETTINGS: PlanSettings = {
  bits: 5 as Bits,
  token: undefined,
  arg: undefined,
  requests: REQUESTS,
  exercise: undefined,
  failRate: 0,
};

describe("the usual plan", () => {
  test("asks the given requests in their order", () => {
    const { bits, questions, refusal } = makePlan({
      ...SETTINGS,
      requests: ["COUNTRY", "EMAIL1", "COUNTRY"],
    });
    expect(bits).toBe(5 as Bits);
    expect(questions.map(({ request }) => request)).toEqual(["COUNTRY", "EMAIL1", "COUNTRY"]);
    expect(refusal).toBeUndefined();
  });

  test("has a fresh token of 64 characters, and a fresh arg of 16 for each request", () => {
    const plans = [makePlan(SETTINGS), makePlan(SETTINGS)];
    const words = plans.flatMap(({ token, questions }) => [token, ...questions.map((q) => q.arg)]);
    expect(new Set(words).size).toBe(2 * (1 + REQUESTS.length));
    for (const { token, questions } of plans) {
      expect(token).toMatch(/^[A-Za-z0-9_-]{64}$/);
      for (const { arg } of questions) {
        expect(arg).toMatch(/^[A-Za-z0-9_-]{16}$/);
      }
    }
  });

  test("takes a fixed token and arg", () => {
    const plan = makePlan({ ...SETTINGS, token: "t" as Word, arg: "a" as Word });
    expect(plan.token).toBe("t" as Word);
    expect(new Set(plan.questions.map(({ arg }) => arg))).toEqual(new Set(["a" as Word]));
  });
});

describe("an exercise", () => {
  test("asks the given number of random requests, with repeats", () => {
    const { questions } = makePlan({ ...SETTINGS, exercise: 200, failRate: 0 });
    const requests = questions.map(({ request }) => request);
    expect(requests).toHaveLength(200);
    expect(requests.every(isRequestName)).toBe(true);
    expect(new Set(requests).size).toBe(REQUESTS.length);
  });

  test("never refuses at a rate of 0, and before the first request at 1", () => {
    const never = makePlan({ ...SETTINGS, exercise: 1000, failRate: 0 });
    expect(never.refusal).toBeUndefined();
    const always = makePlan({ ...SETTINGS, exercise: 1000, failRate: 1 });
    expect(always.questions).toEqual([]);
    expect(always.refusal).toBeDefined();
  });

  test("refuses about as often as its rate says", () => {
    const settings = { ...SETTINGS, exercise: 1, failRate: 0.25 };
    const plans = Array.from({ length: 4000 }, () => makePlan(settings));
    const refused = plans.filter(({ refusal }) => refusal !== undefined).length;
    // Six standard errors on either side: once in a billion runs.
    expect(Math.abs(refused - 1000)).toBeLessThan(6 * Math.sqrt(4000 * 0.25 * 0.75));
  });
});
