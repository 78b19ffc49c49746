/**
 * The findings of `tlslp conform`, for people and for programs.
 */
import { countVerdicts } from "../conform/conform.ts";
import { type Finding, linkTo, type RuleText } from "../conform/rule.ts";
import type { ConformResult } from "./result-schemas.ts";

/** As wide as the longest verdict. */
const VERDICT_WIDTH = "unknown".length;

/** Returns the line of a rule that was not tried. */
export function ruleLine(rule: RuleText): string {
  return `${rule.id}  "${rule.quote}"  ${linkTo(rule)}: ${rule.act}\n`;
}

/** Returns the line of a rule that was tried. */
export function findingLine({ rule, verdict }: Finding): string {
  const name = verdict.verdict.padEnd(VERDICT_WIDTH);
  const text = `${name}  ${rule.id}  "${rule.quote}"  ${linkTo(rule)}`;
  switch (verdict.verdict) {
    case "holds":
      return `${text}\n`;
    case "broken":
      return `${text}: ${rule.act}; seen: ${verdict.seen}; due: ${verdict.due}\n`;
    case "unknown":
      return `${text}: ${verdict.reason}\n`;
  }
}

/** Returns the object for --json. */
export function toConformResult(
  side: ConformResult["side"],
  findings: readonly Finding[],
): ConformResult {
  return {
    side,
    ...countVerdicts(findings),
    rules: findings.map(({ rule, verdict }) => ({
      id: rule.id,
      quote: rule.quote,
      link: linkTo(rule),
      act: rule.act,
      verdict: verdict.verdict,
      seen: verdict.verdict === "broken" ? verdict.seen : null,
      due: verdict.verdict === "broken" ? verdict.due : null,
      reason: verdict.verdict === "unknown" ? verdict.reason : null,
    })),
  };
}
