/**
 * The certificates of a running server: they are read again on request, lists of revoked
 * certificates when their files change, and their expiry is logged in time.
 */
import type { Findings, LoadedTls, TlsConfig } from "../certificates/tls-config.ts";
import { warnOfExpiries, warnOfFindings } from "../certificates/warnings.ts";
import { type Fault, toFault } from "../fault/fault.ts";
import type { FileWatch } from "../io/file-watch.ts";
import type { Log } from "../log/log.ts";
import { reasonOf } from "../log/reason.ts";
import type { ServerObserver } from "./events.ts";

export interface CertificateReloaderOptions {
  /** The files as the server has read them at its start. */
  readonly loaded: LoadedTls;
  /** Reads the files again. */
  readonly read: () => Promise<LoadedTls>;
  /** The files of the lists of revoked certificates; absent: they are not watched. */
  readonly lists?: WatchedLists | undefined;
  /** Hands the new certificates to the server. */
  readonly use: (config: TlsConfig) => void;
  /** The next step that helps after a failure, for the log. */
  readonly hintFor: (fault: Fault) => string | undefined;
  readonly log: Log;
  /** Gets the number of unused certificates and lists, at the start and after each reload. */
  readonly observe: ServerObserver;
}

export interface WatchedLists {
  readonly watch: FileWatch;
  /** Within how many seconds a change is noticed. */
  readonly refresh: number;
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
  const { read, lists, use, hintFor, log, observe } = options;
  let { loaded } = options;
  const check = () => warnOfExpiries(loaded.expiries, log, new Date());
  report(loaded);
  // Two looks in that time, because a change is to be noticed before the time is over.
  const timers = [
    setInterval(check, INTERVAL).unref(),
    lists && setInterval(() => look(lists.watch), (lists.refresh / 2) * 1000).unref(),
  ];
  let reloading = Promise.resolve();

  function report(findings: Findings): void {
    warnOfFindings(findings, log);
    observe({ type: "certificates read", setAside: findings.setAside.length });
    check();
  }

  /** Uses what is read; if that fails, logs why, and the old ones stay. */
  async function replace(name: string, readAgain: () => Promise<LoadedTls>): Promise<void> {
    try {
      const next = await readAgain();
      use(next);
      loaded = next;
      log.info(`${name} reloaded`);
      report(next);
    } catch (thrown) {
      const fault = toFault(thrown);
      const values = { reason: reasonOf(fault, log), hint: hintFor(fault) };
      log.error(`${name} not reloaded, the old ones stay`, values);
    }
  }

  /** Waits for reloads: of two at once, the earlier could finish last and replace the later. */
  function enqueue(name: string, readAgain: () => Promise<LoadedTls>): Promise<void> {
    reloading = reloading.then(() => replace(name, readAgain));
    return reloading;
  }

  function look(watch: FileWatch): void {
    if (watch.hasChanged()) {
      void enqueue("revocation lists", () => loaded.readListsAgain());
    }
  }

  return {
    reload: () => enqueue("certificates", read),
    stop: () => timers.forEach(clearInterval),
  };
}
