/**
 * The server's sessions: each authorised connection gets its conversation, all are counted, and all
 * can be brought to an end.
 */
import type { Limits } from "../conversation/exchange.ts";
import { holdServerConversation, type Plan, turnAway } from "../conversation/server.ts";
import { Fault } from "../fault.ts";
import { logConversation } from "../log/conversation.ts";
import type { Log } from "../log/log.ts";
import { affordableConnections } from "../tls/descriptors.ts";
import type { Accepted, ListenOptions } from "../tls/listen.ts";
import { listen } from "../tls/listen.ts";

export interface ServiceOptions
  extends Pick<ListenOptions, "addresses" | "port" | "identity" | "trust"> {
  /** What the next session asks. */
  readonly nextPlan: () => Plan;
  readonly limits: Limits;
  /** Connections beyond so many are told that we are busy; beyond twice as many, dropped. */
  readonly maxSessions: number;
  readonly log: Log;
}

export interface Service {
  readonly port: number;
  /**
   * Stops accepting, lets sessions finish for so many seconds, then dismisses the rest; resolves
   * when none is left.
   */
  drain(grace: number): Promise<void>;
}

/** Starts serving. Throws a transport fault when it cannot listen. */
export function startService(options: ServiceOptions): Service {
  const { log, limits, maxSessions, nextPlan } = options;
  const running = new Map<Promise<void>, AbortController>();
  let sessions = 0;
  let graceIsOver = false;

  function onAccepted(accepted: Accepted): void {
    sessions += 1;
    const dismissal = new AbortController();
    if (graceIsOver) {
      dismiss(dismissal); // its handshake was still going on when the others were dismissed
    }
    const session = hold(accepted, sessions, dismissal.signal).finally(() =>
      running.delete(session),
    );
    running.set(session, dismissal);
  }

  async function hold(accepted: Accepted, session: number, signal: AbortSignal): Promise<void> {
    const { channel, peer, identity, tlsVersion, cipher } = accepted;
    if (accepted.position > maxSessions) {
      log.warn("session refused", { session, peer, reason: "busy" });
      await turnAway(channel, "busy");
      await accepted.closed;
      return;
    }
    log.info("session opened", { session, peer, ...identity, tls: tlsVersion, cipher });
    const begun = performance.now();
    const observe = logConversation(log, { session });
    const fault = await holdServerConversation(channel, nextPlan(), { limits, signal, observe });
    logOutcome(log, fault, { session, peer, seconds: secondsSince(begun) });
    await accepted.closed;
  }

  const maxConnections = affordableConnections(2 * maxSessions);
  if (maxConnections < maxSessions) {
    log.warn("the file limit allows fewer connections than --max-sessions", { maxConnections });
  }
  const { addresses, port, identity, trust } = options;
  const listener = listen({
    addresses,
    port,
    identity,
    trust,
    handshakeLimit: limits.other,
    maxConnections,
    onAccepted,
    onRejected: (peer, fault) => log.info("connection rejected", { peer, reason: fault.message }),
  });

  return {
    port: listener.port,
    async drain(grace) {
      listener.stop();
      const timer = setTimeout(() => {
        graceIsOver = true;
        running.forEach(dismiss);
      }, grace * 1000);
      while (running.size > 0) {
        await Promise.all(running.keys());
      }
      clearTimeout(timer);
      graceIsOver = true;
    },
  };
}

function dismiss(dismissal: AbortController): void {
  dismissal.abort(new Fault("refused", "shutting down"));
}

function logOutcome(
  log: Log,
  fault: Fault | undefined,
  values: Readonly<Record<string, unknown>>,
): void {
  if (fault === undefined) {
    log.info("session done", values);
  } else {
    const write = fault.family === "internal" ? log.error : log.info;
    write("session failed", { ...values, outcome: fault.family, reason: fault.message });
  }
}

function secondsSince(begun: number): number {
  return Math.round(performance.now() - begun) / 1000;
}
