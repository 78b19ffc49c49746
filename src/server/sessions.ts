/**
 * The server's sessions: each authorised connection holds its conversation, and all of them can be
 * brought to an end.
 */
import type { Identity } from "../certificates/identity.ts";
import type { TlsConfig, Trust } from "../certificates/tls-config.ts";
import type { LineChannel } from "../conversation/channel.ts";
import type { Timeouts } from "../conversation/exchange.ts";
import { holdServerConversation, type Plan, turnAway } from "../conversation/server.ts";
import { allEnded, withTimeout } from "../deadline.ts";
import { Fault } from "../fault/fault.ts";
import { secondsSince } from "../seconds.ts";
import type { Ports } from "../tls/bind.ts";
import type { Capacity } from "../tls/connection-limits.ts";
import { type Accepted, listen } from "../tls/listen.ts";
import type { ServerObserver, Session } from "./events.ts";
import { joinIntake, type SessionsIntake } from "./session-intake.ts";

export interface SessionsSettings {
  /** The IP addresses to listen on, all on the same ports. */
  readonly addresses: readonly [string, ...string[]];
  /** Each 0: a free port. */
  readonly ports: Ports;
  readonly reusePort: boolean;
  readonly identity: Identity;
  readonly trust: Trust;
  /** The public keys of the clients to serve, `sha256/BASE64`; empty: every authorised client. */
  readonly allowedClients: readonly string[];
  readonly timeouts: Timeouts;
  readonly capacity: Capacity;
  /** Makes the plan of the next session. */
  readonly nextPlan: () => Plan;
  /** Absent: answers are forgotten. */
  readonly intake?: SessionsIntake | undefined;
  /** Must not throw; see `protectObserver`. */
  readonly observe: ServerObserver;
}

/** The sessions of a server that listens. */
export interface Sessions {
  /** The first of the ports. */
  readonly port: number;
  /** In the order of the settings. */
  readonly ports: Ports;
  /**
   * Uses other certificates for every connection from now on; sessions in progress stay. Throws a
   * usage fault for certificates that the TLS stack does not take, and then keeps the old ones.
   */
  reload(config: TlsConfig): void;
  /**
   * Stops accepting connections, lets sessions finish for `grace` seconds, and dismisses the rest
   * with `FAIL shutting down`. Resolves when no session is left.
   */
  drain(grace: number): Promise<void>;
}

/**
 * Listens, and holds a session with each authorised client. Throws a transport fault when it cannot
 * listen.
 */
export function startSessions(settings: SessionsSettings): Sessions {
  const { observe, timeouts, nextPlan, intake } = settings;
  /** The open sessions, each by its channel. */
  const running = new Map<LineChannel, Promise<void>>();
  let count = 0;
  let graceIsOver = false;

  function onAccepted(accepted: Accepted): void {
    count += 1;
    if (graceIsOver) {
      dismiss(accepted.channel); // Its handshake was not finished when the others were dismissed.
    }
    running.set(accepted.channel, hold(accepted, count));
  }

  async function hold(accepted: Accepted, id: number): Promise<void> {
    const { channel, peer, identity, tlsVersion, cipher, traffic, refusal, closed } = accepted;
    const session: Session = { id, peer, identity, tlsVersion, cipher, traffic };
    if (refusal === undefined) {
      const start = performance.now();
      observe({ type: "session opened", session });
      const part = joinIntake(intake, session, nextPlan());
      const outcome = await holdServerConversation(channel, part.plan, {
        timeouts,
        observe(exchange) {
          part.observe(exchange);
          observe({ type: "exchange", session, exchange });
        },
      });
      const seconds = secondsSince(start);
      const submission = await part.end(outcome);
      observe({ type: "session finished", session, ...outcome, seconds, submission });
    } else {
      observe({ type: "session refused", session, reason: refusal });
      await turnAway(channel, refusal);
    }
    await closed;
    running.delete(channel);
  }

  const listener = listen({
    addresses: settings.addresses,
    ports: settings.ports,
    reusePort: settings.reusePort,
    identity: settings.identity,
    trust: settings.trust,
    allowedClients: settings.allowedClients,
    handshakeTimeout: timeouts.other,
    capacity: settings.capacity,
    onAccepted,
    onRejected: (peer, fault) => observe({ type: "connection rejected", peer, fault }),
  });

  return {
    port: listener.ports[0],
    ports: listener.ports,
    reload: listener.reload,
    async drain(grace) {
      listener.stop();
      const ended = allEnded(running);
      await withTimeout({ seconds: grace, step: "the open sessions" }, ended).catch(dismissAll);
      graceIsOver = true;
      await ended;
    },
  };

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
