/**
 * A server, with what is usual where nothing is said.
 */

import { DEFAULT_TIMEOUTS } from "../conversation/exchange.ts";
import { requireLoopback, resolveHost } from "../tls/hosts.ts";
import { checkPlan, makePlan, type PlanRequest } from "./plan.ts";
import { type Server, type SessionsOptions, startSessions } from "./sessions.ts";

/** Behind a proxy on this machine all clients have its address: the loopback is not limited. */
export const DEFAULT_CAPACITY: SessionsOptions["capacity"] = {
  sessions: 10_000,
  perAddress: 64,
  limitsLoopback: false,
};

export interface CreateServerOptions
  extends Pick<SessionsOptions, "identity" | "trust">,
    Partial<Omit<SessionsOptions, "identity" | "trust" | "addresses" | "nextPlan" | "timeouts">>,
    PlanRequest {
  /** The name or address to listen on; default "localhost": all the loopback addresses it has. */
  readonly host?: string;
  /** Default 0: one that is free. */
  readonly port?: number;
  /** Default: 1800 s for the work, 10 s for every other step. */
  readonly timeouts?: SessionsOptions["timeouts"];
  /** Ends the resolving of the host. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a server: it makes clients work, asks them, and checks their answers, many at a time. It
 * says what happens to `observe`, and serves until it is drained.
 *
 * @throws {Fault} "usage" for a puzzle that the protocol does not know, and for `trust: "anybody"` on an address that others can reach;
 *   "transport" when the host has no address or the port cannot be had
 */
export async function createServer(options: CreateServerOptions): Promise<Server> {
  const {
    host = "localhost",
    port = 0,
    timeouts = DEFAULT_TIMEOUTS,
    capacity = DEFAULT_CAPACITY,
    allowedClients = [],
    reusePort = false,
    observe = () => {},
    trust,
    signal,
  } = options;
  const settings = checkPlan(options);
  const addresses = await resolveHost(host, { seconds: timeouts.other, signal });
  if (trust === "anybody") {
    requireLoopback(host, addresses);
  }
  return startSessions({
    ...options,
    addresses,
    port,
    timeouts,
    capacity,
    allowedClients,
    reusePort,
    observe,
    nextPlan: () => makePlan(settings),
  });
}
