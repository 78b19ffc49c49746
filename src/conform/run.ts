/**
 * Tries rules, some at a time, and reports each in the order of the table.
 */
import { type Finding, type RuleText, Untried, unknown, type Verdict } from "./rule.ts";

export interface RunOptions {
  /** How many rules are tried at a time. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Called with each rule in the table's order, one after the other. */
  readonly report: (finding: Finding) => Promise<void>;
}

/**
 * Tries the rules. A rule that cannot be tried is unknown.
 *
 * @throws the signal's reason, and faults that are not the peer's
 */
export async function tryRules<R extends RuleText>(
  rules: readonly R[],
  attempt: (rule: R) => Promise<Verdict>,
  { jobs, signal, report }: RunOptions,
): Promise<void> {
  const findings: Finding[] = [];
  const waiting = rules.entries();
  let reported = 0;
  let reporting = Promise.resolve();

  async function reportNext(): Promise<void> {
    for (let next = findings[reported]; next !== undefined; next = findings[reported]) {
      reported += 1;
      await report(next);
    }
  }

  async function work(): Promise<void> {
    for (const [index, rule] of waiting) {
      signal.throwIfAborted();
      findings[index] = { rule, verdict: await attempt(rule).catch(verdictOf) };
      reporting = reporting.then(reportNext);
      await reporting;
    }
  }

  await Promise.all(Array.from({ length: jobs }, work));
}

function verdictOf(thrown: unknown): Verdict {
  if (thrown instanceof Untried) {
    return unknown(thrown.message);
  }
  throw thrown;
}
