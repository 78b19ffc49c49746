/**
 * The events of a server as log records. Strangers must not be able to fill a server's log:
 * connections that are rejected are counted, and the counts make one record a minute.
 */
import { recordOfStep } from "../conversation/records.ts";
import type { Log } from "../log/log.ts";
import { reasonOf } from "../log/reason.ts";
import { roundToMilliseconds } from "../seconds.ts";
import { causeOf } from "../tls/tls-errors.ts";
import { outcomeName, type ServerEvent, type ServerObserver, type Session } from "./events.ts";
import { recordIntake } from "./intake-records.ts";

export interface ServerRecorder {
  readonly observe: ServerObserver;
  /** Writes the counts that wait for their minute to end. */
  flush(): void;
}

/** Seconds between two records of counts. */
const SUMMARY_INTERVAL = 60;

/** Creates an observer that writes a server's events into a log. */
export function createServerRecorder(log: Log): ServerRecorder {
  const rejections = createTally((counts) => log.info("connections rejected", counts));

  function observe(event: ServerEvent): void {
    switch (event.type) {
      case "exchange":
        recordExchange(log, event);
        return;
      case "session opened":
        log.info("session opened", connectionValues(event.session, log));
        return;
      case "session finished":
        recordEnd(log, event);
        return;
      case "session refused":
        log.info("session refused", {
          ...connectionValues(event.session, log),
          reason: event.reason,
        });
        return;
      case "connection rejected":
        rejections.add(causeOf(event.fault));
        recordRejection(log, event);
        return;
      case "capacity limited":
        log.warn("the hard limit on open files allows fewer connections than configured", {
          maxConnections: event.maxConnections,
        });
        return;
      case "certificates read":
        return;
      default:
        recordIntake(log, event);
    }
  }

  return { observe, flush: rejections.flush };
}

type Event<T extends ServerEvent["type"]> = Extract<ServerEvent, { readonly type: T }>;

function recordExchange(log: Log, { session, exchange }: Event<"exchange">): void {
  // Sessions have many steps, and most logs show none of them.
  if (log.enabled("debug")) {
    const { message, values } = recordOfStep(exchange);
    log.debug(message, { session: session.id, peer: session.peer, ...values });
  }
}

/** Returns the values of a connection. A subject may be the name of a person. */
function connectionValues({ id, peer, identity, tlsVersion, cipher }: Session, log: Log) {
  const fingerprint = identity?.fingerprint;
  const subject = log.enabled("debug") ? identity?.subject : undefined;
  return { session: id, peer, subject, fingerprint, tls: tlsVersion, cipher };
}

function recordEnd(log: Log, event: Event<"session finished">): void {
  const { session, step, fault, seconds, submission } = event;
  const { id, peer, traffic } = session;
  const write = fault?.family === "internal" ? log.error : log.info;
  write("session finished", {
    session: id,
    peer,
    outcome: outcomeName(fault),
    step,
    seconds: roundToMilliseconds(seconds),
    received: traffic.received,
    sent: traffic.sent,
    submission: submission?.id,
    // The id of the receipt. The receipt itself is in the store.
    jti: submission?.receipt && submission.id,
    reason: fault && reasonOf(fault, log),
  });
}

function recordRejection(log: Log, { peer, fault }: Event<"connection rejected">): void {
  if (log.enabled("debug")) {
    const cause = causeOf(fault);
    log.debug("connection rejected", { peer, cause, reason: reasonOf(fault, log) });
  }
}

interface Tally {
  add(name: string): void;
  flush(): void;
}

/** Counts names, and reports the counts once a minute if there are any. */
function createTally(report: (counts: Readonly<Record<string, number>>) => void): Tally {
  const counts = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (counts.size > 0) {
      const total = counts.values().reduce((sum, count) => sum + count, 0);
      report({ total, ...Object.fromEntries(counts) });
      counts.clear();
    }
  }

  return {
    add(name) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      timer ??= setTimeout(flush, SUMMARY_INTERVAL * 1000).unref();
    },
    flush,
  };
}
