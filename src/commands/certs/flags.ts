/**
 * The flags and warnings that the commands about certificates have in common.
 */
import { X509Certificate } from "node:crypto";
import { textFlag, wholeFlag } from "../../cli/flag.ts";
import { Fault } from "../../fault/fault.ts";
import { countValid } from "../../invitations/find-issued.ts";
import type { Log } from "../../log/log.ts";
import { reasonOf } from "../../log/reason.ts";

/** 100 years: clocks and calendars of some systems fail beyond. */
export const MAX_DAYS = 36_500;

/** How long a list of revoked certificates is valid unless the user says otherwise, in days. */
export const LIST_DAYS = 30;

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

/**
 * Warns that the valid invitations of a folder are useless now. A journal that cannot be read is a
 * warning too, because the new certificates are made in any case.
 *
 * @param why why they are useless, and the remedy
 */
export function warnOfInvitations(log: Log, dir: string, why: string): void {
  try {
    const invitations = countValid(dir, new Date());
    if (invitations > 0) {
      log.warn(why, { invitations });
    }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) {
      throw thrown;
    }
    const reason = reasonOf(thrown, log);
    log.warn("cannot tell whether invitations must be made again", { reason });
  }
}
