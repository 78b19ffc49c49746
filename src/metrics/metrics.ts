/**
 * The metrics of a server, counted from its events, for Prometheus.
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type ConversationEvent, stepName } from "../conversation/exchange.ts";
import { FAMILIES } from "../fault/define.ts";
import { outcomeName, type ServerObserver, type Session } from "../server/events.ts";
import { CAUSES, causeOf } from "../tls/tls-errors.ts";
import { STEPS } from "../wire/order.ts";
import { addProcessMetrics } from "./process.ts";

export interface Metrics {
  readonly observe: ServerObserver;
  /** Returns all metrics in Prometheus' text format. */
  render(): Promise<string>;
  /** The media type of that format. */
  readonly contentType: string;
}

/** Usage faults end a server before it has sessions. */
const OUTCOMES = ["ok", "invalid answer", ...FAMILIES.filter((family) => family !== "usage")];

/** Seconds, from a fast network's to the default timeout of WORK. */
const BUCKETS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 1800];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const sessions = countSessions(registry);
  const rejections = countRejections(registry);
  const setAside = new Gauge({
    registers: [registry],
    name: "tlslp_certificates_set_aside",
    help: "Certificates and revocation lists in the files of trust that are not used",
  });
  addProcessMetrics(registry);

  return {
    observe(event) {
      switch (event.type) {
        case "certificates read":
          setAside.set(event.setAside);
          return;
        case "connection rejected":
          rejections.inc({ cause: causeOf(event.fault) });
          return;
        case "session refused":
          sessions.refuse(event.reason);
          return;
        case "session opened":
          sessions.open(event.session);
          return;
        case "exchange":
          sessions.step(event.session, event.exchange);
          return;
        case "session finished":
          sessions.finish(event.session, outcomeName(event.fault), event.seconds);
      }
    },
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function countRejections(registry: Registry): Counter<"cause"> {
  const rejections = new Counter({
    registers: [registry],
    name: "tlslp_handshake_failures_total",
    help: "Connections that ended before their client was authorised, by cause",
    labelNames: ["cause"],
  });
  // A series that begins with its first event hides that event from rate().
  for (const cause of CAUSES) {
    rejections.inc({ cause }, 0);
  }
  return rejections;
}

function countSessions(registry: Registry) {
  const registers = [registry];
  /** The step of each open session. */
  const steps = new Map<Session, string>();
  new Gauge({
    registers,
    name: "tlslp_sessions_open",
    help: "Open sessions, by the last line that the server sent",
    labelNames: ["step"],
    collect() {
      const counts = new Map<string, number>(STEPS.map((step) => [step, 0]));
      for (const step of steps.values()) {
        counts.set(step, (counts.get(step) ?? 0) + 1);
      }
      for (const [step, count] of counts) {
        this.set({ step }, count);
      }
    },
  });
  const finished = new Counter({
    registers,
    name: "tlslp_sessions_finished_total",
    help: "Sessions that ended, by outcome",
    labelNames: ["outcome"],
  });
  for (const outcome of OUTCOMES) {
    finished.inc({ outcome }, 0);
  }
  const refused = new Counter({
    registers,
    name: "tlslp_sessions_refused_total",
    help: "Authorised clients that got FAIL instead of a session, by its reason",
    labelNames: ["reason"],
  });
  const solving = new Histogram({
    registers,
    name: "tlslp_solve_seconds",
    help: "From WORK to its answer, right or wrong",
    buckets: BUCKETS,
  });
  const lasting = new Histogram({
    registers,
    name: "tlslp_session_seconds",
    help: "From the end of the handshake to the end of the session",
    buckets: BUCKETS,
  });
  const received = new Counter({
    registers,
    name: "tlslp_received_bytes_total",
    help: "Bytes inside TLS that clients sent, of sessions that ended",
  });
  const sent = new Counter({
    registers,
    name: "tlslp_sent_bytes_total",
    help: "Bytes inside TLS that were sent to clients, of sessions that ended",
  });

  return {
    open: (session: Session) => void steps.set(session, "HELLO"),
    step(session: Session, exchange: ConversationEvent) {
      if (exchange.type === "asked") {
        steps.set(session, stepName(exchange.message));
      } else if (exchange.message.type === "WORK") {
        solving.observe(exchange.seconds);
      }
    },
    finish(session: Session, outcome: string, seconds: number) {
      steps.delete(session);
      finished.inc({ outcome });
      lasting.observe(seconds);
      received.inc(session.traffic.received);
      sent.inc(session.traffic.sent);
    },
    refuse: (reason: string) => refused.inc({ reason }),
  };
}
