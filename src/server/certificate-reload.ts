/**
 * A server's certificates, while it runs: they are read anew when somebody asks for it, and what
 * expires is said in time.
 */

import { dueExpiries, type Expiry } from "../certificates/expiry.ts";
import type { TlsConfig } from "../certificates/tls-config.ts";
import { toFault } from "../fault/fault.ts";
import { nameOf } from "../fault/sentences/files.ts";
import type { Log } from "../log/log.ts";

export interface WatchOptions {
  /** What stands in the files when the watch begins. */
  readonly expiries: readonly Expiry[];
  /** Reads the files anew. */
  readonly read: () => Promise<TlsConfig & { readonly expiries: readonly Expiry[] }>;
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
  let { expiries } = options;
  const check = () => warnOfExpiries(expiries, log, new Date());
  check();
  const timer = setInterval(check, INTERVAL).unref();
  let reloading = Promise.resolve();

  async function reload(): Promise<void> {
    try {
      const credentials = await read();
      renew(credentials);
      ({ expiries } = credentials);
      log.info("certificates reloaded");
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

/** Says what will expire soon, or has. */
export function warnOfExpiries(expiries: readonly Expiry[], log: Log, now: Date): void {
  for (const { file, date } of dueExpiries(expiries, now)) {
    const values = { path: file.path, date: date.toISOString() };
    if (date > now) {
      log.warn(`${nameOf({ purpose: file.purpose })} expires soon`, values);
    } else {
      log.error(`${nameOf({ purpose: file.purpose })} has expired`, values);
    }
  }
}
