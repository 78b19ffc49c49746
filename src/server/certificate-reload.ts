/**
 * The certificates of a running server: they are read again on request, and their expiry is logged
 * in time.
 */
import type { Findings, TlsConfig } from "../certificates/tls-config.ts";
import { warnOfExpiries, warnOfFindings } from "../certificates/warnings.ts";
import { type Fault, toFault } from "../fault/fault.ts";
import type { Log } from "../log/log.ts";
import { reasonOf } from "../log/reason.ts";
import type { ServerObserver } from "./events.ts";

export interface CertificateReloaderOptions {
  /** The findings in the files that the server has read. */
  readonly findings: Findings;
  /** Reads the files again. */
  readonly read: () => Promise<TlsConfig & Findings>;
  /** Hands the new certificates to the server. */
  readonly use: (config: TlsConfig) => void;
  /** The next step that helps after a failure, for the log. */
  readonly hintFor: (fault: Fault) => string | undefined;
  readonly log: Log;
  /** Gets the number of unused certificates and lists, at the start and after each reload. */
  readonly observe: ServerObserver;
}

export interface CertificateReloader {
  /** Reads the files again and uses them; if that fails, it logs why, and the old ones stay. */
  reload(): Promise<void>;
  stop(): void;
}

/** Milliseconds between two looks at the expiries. */
const INTERVAL = 12 * 60 * 60 * 1000;

/** Warns of expiries, now and twice a day, and reloads certificates on request. */
export function createCertificateReloader(
  options: CertificateReloaderOptions,
): CertificateReloader {
  const { read, use, hintFor, log, observe } = options;
  let { expiries } = options.findings;
  const check = () => warnOfExpiries(expiries, log, new Date());
  report(options.findings);
  const timer = setInterval(check, INTERVAL).unref();
  let reloading = Promise.resolve();

  function report(findings: Findings): void {
    ({ expiries } = findings);
    warnOfFindings(findings, log);
    observe({ type: "certificates read", setAside: findings.setAside.length });
    check();
  }

  async function reload(): Promise<void> {
    try {
      const config = await read();
      use(config);
      log.info("certificates reloaded");
      report(config);
    } catch (thrown) {
      const fault = toFault(thrown);
      const values = { reason: reasonOf(fault, log), hint: hintFor(fault) };
      log.error("certificates not reloaded, the old ones stay", values);
    }
  }

  return {
    reload() {
      // One after the other: of two at once, the earlier could finish last and replace the later.
      reloading = reloading.then(reload);
      return reloading;
    },
    stop: () => clearInterval(timer),
  };
}
