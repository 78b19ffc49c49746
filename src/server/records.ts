/**
 * What happens, as log records. Strangers must not be able to fill a server's log: who only connects
 * is counted, and the counts make one record a minute.
 */
import { type Fault, HIDING_VOICE, sentenceOf } from "../fault/fault.ts";
import { recordExchange } from "../log/conversation.ts";
import type { Log } from "../log/log.ts";
import { roundSeconds } from "../log/values.ts";
import { causeOf } from "../tls/tls-errors.ts";
import {
  type ClientEvent,
  type ClientObserver,
  outcomeOf,
  type ServerEvent,
  type ServerObserver,
  type Session,
} from "./events.ts";

export interface Recorder {
  readonly observe: ServerObserver;
  /** Writes what was only counted so far. */
  flush(): void;
}

/** Between two records of counts, in seconds. */
const SUMMARY_INTERVAL = 60;

/** Writes what happens to a server. */
export function createRecorder(log: Log): Recorder {
  const rejections = createTally((counts) => log.info("connections rejected", counts));

  function observe(event: ServerEvent): void {
    switch (event.type) {
      case "exchange":
        recordExchange(log, event.exchange, event.session);
        return;
      case "session opened":
        log.info("session opened", describe(event.session));
        return;
      case "session finished":
        recordEnd(log, event);
        return;
      case "session refused":
        log.info("session refused", { ...describe(event.session), reason: event.reason });
        return;
      case "connection rejected":
        rejections.add(causeOf(event.fault));
        recordRejection(log, event);
        return;
      case "capacity limited": {
        const { maxConnections } = event;
        log.warn("the hard limit on open files allows fewer connections than --max-sessions", {
          maxConnections,
        });
      }
    }
  }

  return { observe, flush: rejections.flush };
}

/** Writes what happens to a client. */
export function recordClient(log: Log): ClientObserver {
  return (event) => {
    switch (event.type) {
      case "no answer":
        log.debug("no answer", { reason: event.fault.message });
        return;
      case "connected": {
        const { host, port, tlsVersion, cipher } = event.connection;
        log.info("connected", { host, port, tls: tlsVersion, cipher });
        return;
      }
      case "working":
        log.info("working", { bits: event.bits });
        return;
      case "solved": {
        const { attempts, seconds, kernel } = event;
        log.info("solved", { attempts, seconds: roundSeconds(seconds), kernel });
        return;
      }
      case "exchange":
        recordExchange(log, event.exchange);
        return;
      case "finished":
        recordVisitEnd(log, event);
    }
  };
}

function recordVisitEnd(
  log: Log,
  { answered, fault, isInterrupted, seconds }: Extract<ClientEvent, { readonly type: "finished" }>,
): void {
  log.info("finished", {
    outcome: isInterrupted ? "interrupted" : outcomeOf(fault),
    answered,
    seconds: roundSeconds(seconds),
    reason: fault && reasonFor(log, fault),
  });
}

function describe({ id, peer, identity, tlsVersion, cipher }: Session) {
  const { subject, fingerprint } = identity ?? {};
  return { session: id, peer, subject, fingerprint, tls: tlsVersion, cipher };
}

type Event<T extends ServerEvent["type"]> = Extract<ServerEvent, { readonly type: T }>;

function recordEnd(log: Log, { session, step, fault, seconds }: Event<"session finished">): void {
  const { id, peer, traffic } = session;
  const write = fault?.family === "internal" ? log.error : log.info;
  write("session finished", {
    session: id,
    peer,
    outcome: outcomeOf(fault),
    step,
    seconds: roundSeconds(seconds),
    received: traffic.received,
    sent: traffic.sent,
    reason: fault && reasonFor(log, fault),
  });
}

function recordRejection(log: Log, { peer, fault }: Event<"connection rejected">): void {
  if (log.enabled("debug")) {
    const cause = causeOf(fault);
    log.debug("connection rejected", { peer, cause, reason: fault.message });
  }
}

/** The sentence of a fault; text that the peer sent may be personal, and is shown at debug only. */
function reasonFor(log: Log, fault: Fault): string {
  return log.enabled("debug") ? fault.message : sentenceOf(fault, HIDING_VOICE);
}

interface Tally {
  add(name: string): void;
  flush(): void;
}

/** Counts, and hands the counts on once a minute where there are any. */
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
