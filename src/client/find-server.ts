/**
 * Finding a server: the first port of a host, and the first address, that answers.
 */
import type { Identity } from "../certificates/identity.ts";
import type { ClientTrust } from "../certificates/tls-config.ts";
import type { Timeouts } from "../conversation/exchange.ts";
import { Fault, toFault } from "../fault/fault.ts";
import { type Connected, connect } from "../tls/connect.ts";
import { requireLoopback, resolveHost } from "../tls/hosts.ts";
import type { ClientObserver } from "./events.ts";

export interface FindServerSettings {
  /** The server's certificate must carry this name. */
  readonly host: string;
  /** Tried in order until one answers. */
  readonly ports: readonly number[];
  /** Undefined: no certificate is shown. */
  readonly identity: Identity | undefined;
  readonly trust: ClientTrust;
  /** The public keys that the server may have, as `sha256/BASE64`; empty: see `trust`. */
  readonly pins: readonly string[];
  readonly timeouts: Timeouts;
  readonly signal: AbortSignal | undefined;
  /** Must not throw; see `protectObserver`. */
  readonly observe: ClientObserver;
}

export type FoundServer =
  | { readonly port: number; readonly connected: Connected }
  /** `port` is the one that took a TCP connection before the failure, if any did. */
  | { readonly port: number | undefined; readonly fault: Fault };

/** Connects to the first port that answers. A failure after that is final. */
export async function findServer(settings: FindServerSettings): Promise<FoundServer> {
  const { host, ports, identity, trust, pins, timeouts, signal, observe } = settings;
  let answering: number | undefined;
  try {
    const addresses = await resolveHost(host, { seconds: timeouts.other, signal });
    if (trust === "anybody") {
      requireLoopback(host, addresses);
    }
    for (const port of ports) {
      for (const address of addresses) {
        const connected = await connect({
          address,
          port,
          serverName: host,
          identity,
          trust,
          pins,
          timeout: timeouts.other,
          signal,
          onAnswer: () => {
            answering = port;
          },
        });
        if (!("unreachable" in connected)) {
          return { port, connected };
        }
        observe({ type: "no answer", fault: connected.unreachable });
      }
    }
    throw new Fault("noServer", { host, ports });
  } catch (thrown) {
    return { port: answering, fault: toFault(thrown) };
  }
}
