/**
 * A server, with what is usual where nothing is said.
 */
import { DEFAULT_LIMITS } from "../conversation/exchange.ts";
import { vetAuthorities, vetIdentity } from "../tls/identity.ts";
import { requireLoopback, resolveHost } from "../tls/loopback.ts";
import { checkPlan, makePlan, type PlanRequest } from "./plan.ts";
import { type Service, type ServiceOptions, startService } from "./service.ts";

/** Behind a proxy on this machine all clients have its address: the loopback is not limited. */
export const DEFAULT_CAPACITY: ServiceOptions["capacity"] = {
  sessions: 10_000,
  perAddress: 64,
  limitsLoopback: false,
};

export interface CreateServerOptions
  extends Pick<ServiceOptions, "identity" | "trust">,
    Partial<Omit<ServiceOptions, "identity" | "trust" | "addresses" | "nextPlan" | "limits">>,
    PlanRequest {
  /** The name or address to listen on; default "localhost": all the loopback addresses it has. */
  readonly host?: string;
  /** Default 0: one that is free. */
  readonly port?: number;
  /** Default: 1800 s for the work, 10 s for every other step. */
  readonly limits?: ServiceOptions["limits"];
  /** Ends the resolving of the host. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a server: it makes clients work, asks them, and checks their answers, many at a time. It
 * says what happens to `observe`, and serves until it is drained.
 *
 * @throws {Fault} "usage" for credentials that are damaged, expired or no pair, for a puzzle that
 *   the protocol does not know, and for `trust: "anybody"` on an address that others can reach;
 *   "transport" when the host has no address or the port cannot be had
 */
export async function createServer(options: CreateServerOptions): Promise<Service> {
  const {
    host = "localhost",
    port = 0,
    limits = DEFAULT_LIMITS,
    capacity = DEFAULT_CAPACITY,
    allowedClients = [],
    reusePort = false,
    observe = () => {},
    observesExchanges = true,
    identity,
    trust,
    signal,
  } = options;
  const settings = checkPlan(options);
  vetIdentity(identity, "server");
  if (trust !== "anybody") {
    vetAuthorities(trust.authorities);
  }
  const addresses = await resolveHost(host, { seconds: limits.other, signal });
  if (trust === "anybody") {
    requireLoopback(host, addresses);
  }
  return startService({
    ...options,
    addresses,
    port,
    limits,
    capacity,
    allowedClients,
    reusePort,
    observe,
    observesExchanges,
    nextPlan: () => makePlan(settings),
  });
}
