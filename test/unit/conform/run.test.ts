import { expect, test } from "bun:test";
import { type Finding, HOLDS, type RuleText, Untried, unknown } from "../../../src/conform/rule.ts";
import { tryRules } from "../../../src/conform/run.ts";

const RULES = ["a", "b", "c", "d"].map(
  (name): RuleText => ({ id: `server/${name}`, quote: "", section: "framing", act: "" }),
);

/** Collects the reports; the first takes longest. */
function createReports() {
  const findings: Finding[] = [];
  return {
    findings,
    async report(finding: Finding) {
      await new Promise((resolve) => setImmediate(resolve));
      findings.push(finding);
    },
  };
}

test("rules are reported in their order, in whichever order they end", async () => {
  const { findings, report } = createReports();
  const gates = new Map(RULES.map(({ id }) => [id, Promise.withResolvers<void>()]));
  const running = tryRules(
    RULES,
    async ({ id }) => {
      await gates.get(id)?.promise;
      return HOLDS;
    },
    { jobs: RULES.length, signal: new AbortController().signal, report },
  );
  for (const { id } of RULES.toReversed()) {
    gates.get(id)?.resolve();
  }
  await running;

  expect(findings.map(({ rule }) => rule)).toEqual(RULES);
});

test("no more rules are tried at a time than there are jobs", async () => {
  let trying = 0;
  let most = 0;
  const attempt = async () => {
    trying += 1;
    most = Math.max(most, trying);
    await new Promise((resolve) => setImmediate(resolve));
    trying -= 1;
    return HOLDS;
  };
  const { report } = createReports();

  await tryRules(RULES, attempt, { jobs: 2, signal: new AbortController().signal, report });

  expect(most).toBe(2);
});

test("a rule that cannot be tried is unknown, and the others are tried", async () => {
  const { findings, report } = createReports();
  const attempt = async ({ id }: RuleText) => {
    if (id === "server/b") {
      throw new Untried("too late");
    }
    return HOLDS;
  };

  await tryRules(RULES, attempt, { jobs: 1, signal: new AbortController().signal, report });

  expect(findings.map(({ verdict }) => verdict)).toEqual([
    HOLDS,
    unknown("too late"),
    HOLDS,
    HOLDS,
  ]);
});

test("no rule is tried after an interruption", async () => {
  const { findings, report } = createReports();
  const controller = new AbortController();
  const attempt = async () => {
    controller.abort(new Error("enough"));
    return HOLDS;
  };

  const running = tryRules(RULES, attempt, { jobs: 1, signal: controller.signal, report });

  await expect(running).rejects.toThrow("enough");
  expect(findings).toHaveLength(1);
});
