/**
 * A server's certificates, while it runs: they are read anew when somebody asks for it, and what
 * expires is said in time.
 */

import { dueExpiries, type Expiry } from "../certificates/expiry.ts";
import type { Findings, TlsConfig } from "../certificates/tls-config.ts";
import { toFault } from "../fault/fault.ts";
import { nameOf } from "../fault/sentences/files.ts";
import type { Log } from "../log/log.ts";

export interface WatchOptions {
  /** Those of the files that are in use when the watch begins. */
  readonly findings: Findings;
  /** Reads the files again. */
  readonly read: () => Promise<TlsConfig & Findings>;
  readonly renew: (credentials: TlsConfig) => void;
  readonly log: Log;
}

export interface CertificateWatch {
  /** Reads the files anew; where they cannot be used, says so, and all stays as it is. */
  reload(): Promise<void>;
  stop(): void;
}

/** How often expiries are looked at, in milliseconds. */
const INTERVAL = 12 * 60 * 60 * 1000;

/** Warns, now and twice a day, of what will expire; and reads the files anew when it is told to. */
export function watchCertificates(options: WatchOptions): CertificateWatch {
  const { read, renew, log } = options;
  let { expiries } = options.findings;
  const check = () => warnOfExpiries(expiries, log, new Date());
  warnOfFindings(options.findings, log);
  check();
  const timer = setInterval(check, INTERVAL).unref();
  let reloading = Promise.resolve();

  async function reload(): Promise<void> {
    try {
      const credentials = await read();
      renew(credentials);
      ({ expiries } = credentials);
      log.info("certificates reloaded");
      warnOfFindings(credentials, log);
      check();
    } catch (thrown) {
      const { message, hint } = toFault(thrown);
      const values = { reason: message, ...(hint === undefined ? {} : { hint }) };
      log.error("certificates not reloaded, the old ones stay", values);
    }
  }

  return {
    reload() {
      // One after the other, or an earlier reading could come to its end last, and stay.
      reloading = reloading.then(reload);
      return reloading;
    },
    stop: () => clearInterval(timer),
  };
}

/** Warns of each certificate and list that is not used, or that may not serve. */
export function warnOfFindings({ setAside, warnings }: Findings, log: Log): void {
  for (const { message } of setAside) {
    log.warn("set aside, and not used", { reason: message });
  }
  for (const { message } of warnings) {
    log.warn("certificates may not serve", { reason: message });
  }
}

/** Says what will expire soon, or has. */
export function warnOfExpiries(expiries: readonly Expiry[], log: Log, now: Date): void {
  for (const { file, subject, date } of dueExpiries(expiries, now)) {
    const values = {
      path: file.path,
      ...(subject === undefined ? {} : { subject }),
      date: date.toISOString(),
    };
    if (date > now) {
      log.warn(`${nameOf({ purpose: file.purpose })} expires soon`, values);
    } else {
      log.error(`${nameOf({ purpose: file.purpose })} has expired`, values);
    }
  }
}
