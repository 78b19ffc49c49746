/**
 * The flags that the commands about certificates have in common.
 */
import { X509Certificate } from "node:crypto";
import { textFlag, wholeFlag } from "../../cli/flag.ts";
import type { Log } from "../../log/log.ts";

/** 100 years: clocks and calendars of some systems fail beyond. */
export const MAX_DAYS = 36_500;

export function dirFlag(help: string) {
  return textFlag({
    name: "dir",
    placeholder: "FOLDER",
    offers: "folders",
    fallback: "certs",
    help,
  });
}

export function daysFlag(help: string) {
  return wholeFlag({
    name: "days",
    placeholder: "N",
    fallback: 365,
    least: 1,
    most: MAX_DAYS,
    help,
  });
}

/** Warns that a certificate, PEM, ends earlier than was asked: with its authority. */
export function warnOfClamp(log: Log, cert: string): void {
  const date = new Date(new X509Certificate(cert).validTo).toISOString();
  log.warn("the authority expires before --days have passed, and its certificates with it", {
    date,
  });
}
