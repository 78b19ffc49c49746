/**
 * Warnings about our own certificates and lists, for the log.
 */
import { isFault } from "../fault/fault.ts";
import { nameOf } from "../fault/sentences/files.ts";
import type { Log } from "../log/log.ts";
import { reasonOf } from "../log/reason.ts";
import { dueExpiries, type Expiry } from "./expiry.ts";
import type { Findings } from "./tls-config.ts";

/** Warns of each certificate and list that is not used, or by which a connection may fail. */
export function warnOfFindings({ setAside, warnings }: Findings, log: Log): void {
  for (const fault of setAside) {
    log.warn("a certificate or list is not used", { reason: reasonOf(fault, log) });
  }
  for (const fault of warnings) {
    const isOfPeers = isFault(fault, "trustedForItself");
    const message = isOfPeers ? "we may refuse our peers" : "peers may refuse our certificates";
    log.warn(message, { reason: reasonOf(fault, log) });
  }
}

/** Logs the certificates and lists that expire soon, or have expired. */
export function warnOfExpiries(expiries: readonly Expiry[], log: Log, now: Date): void {
  for (const { file, subject, date } of dueExpiries(expiries, now)) {
    const name = nameOf({ purpose: file.purpose });
    const values = { path: file.path, subject, date: date.toISOString() };
    if (date > now) {
      log.warn(`${name} expires soon`, values);
    } else {
      log.error(`${name} has expired`, values);
    }
  }
}
