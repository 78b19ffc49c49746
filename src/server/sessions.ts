/**
 * The server's sessions: each authorised connection gets its conversation, all are counted, and all
 * can be brought to an end.
 */
import type { LineChannel } from "../conversation/channel.ts";
import type { Timeouts } from "../conversation/exchange.ts";
import { holdServerConversation, type Plan, turnAway } from "../conversation/server.ts";
import { withTimeout } from "../deadline.ts";
import { Fault } from "../fault/fault.ts";
import type { Capacity } from "../tls/connection-limits.ts";
import type { Accepted, Listener, ListenOptions } from "../tls/listen.ts";
import { listen } from "../tls/listen.ts";
import { affordableConnections } from "../tls/open-files.ts";
import type { ServerObserver, Session } from "./events.ts";

export interface SessionsOptions
  extends Omit<ListenOptions, "handshakeTimeout" | "capacity" | "onAccepted" | "onRejected"> {
  /** What the next session asks. */
  readonly nextPlan: () => Plan;
  readonly timeouts: Timeouts;
  readonly capacity: Omit<Capacity, "connections">;
  /** Is told of everything that happens, as it happens; must not throw. */
  readonly observe: ServerObserver;
}

export interface Server {
  readonly port: number;
  /** Meets every connection from now on with other credentials; throws as the start does. */
  readonly renew: Listener["reload"];
  /**
   * Stops accepting, lets sessions finish for so many seconds, then dismisses the rest; resolves
   * when none is left.
   */
  drain(grace: number): Promise<void>;
}

/** Starts serving. Throws a transport fault when it cannot listen. */
export function startSessions(options: SessionsOptions): Server {
  const { observe, timeouts, nextPlan, capacity } = options;
  const running = new Map<LineChannel, Promise<void>>();
  let sessions = 0;
  let graceIsOver = false;

  function onAccepted(accepted: Accepted): void {
    sessions += 1;
    if (graceIsOver) {
      dismiss(accepted.channel); // Its handshake was not finished when the others were dismissed.
    }
    running.set(accepted.channel, hold(accepted, sessions));
  }

  async function hold(accepted: Accepted, id: number): Promise<void> {
    const { channel, peer, identity, tlsVersion, cipher, traffic, refusal, closed } = accepted;
    const session: Session = { id, peer, identity, tlsVersion, cipher, traffic };
    try {
      if (refusal !== undefined) {
        observe({ type: "session refused", session, reason: refusal });
        await turnAway(channel, refusal);
      } else {
        const begun = performance.now();
        observe({ type: "session opened", session });
        const { step, fault } = await holdServerConversation(channel, nextPlan(), {
          timeouts,
          observe: (exchange) => observe({ type: "exchange", session, exchange }),
        });
        const seconds = (performance.now() - begun) / 1000;
        observe({ type: "session finished", session, step, fault, seconds });
      }
    } finally {
      channel.close(); // It is still open if an observer threw.
      await closed;
      running.delete(channel);
    }
  }

  const connections = affordableConnections(2 * capacity.sessions);
  if (connections < capacity.sessions) {
    observe({ type: "capacity limited", maxConnections: connections });
  }
  const listener = listen({
    ...options,
    handshakeTimeout: timeouts.other,
    capacity: { ...capacity, connections },
    onAccepted,
    onRejected: (peer, fault) => observe({ type: "connection rejected", peer, fault }),
  });

  return {
    port: listener.port,
    renew: listener.reload,
    async drain(grace) {
      listener.stop();
      const ended = allEnded();
      await withTimeout({ seconds: grace, step: "the open sessions" }, ended).catch(dismissAll);
      graceIsOver = true;
      await ended;
    },
  };

  /** Resolves when no session is left; throws if an observer threw. */
  async function allEnded(): Promise<void> {
    while (running.size > 0) {
      await Promise.all(running.values());
    }
  }

  function dismissAll(): void {
    graceIsOver = true;
    for (const channel of running.keys()) {
      dismiss(channel);
    }
  }
}

function dismiss(channel: LineChannel): void {
  channel.interrupt(new Fault("refusedByUs", { reason: "shutting down" }));
}
