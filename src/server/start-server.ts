/**
 * Starting a server from settings that were checked: by `createServer`, or by the command line.
 */
import type { Identity } from "../certificates/identity.ts";
import type { Trust } from "../certificates/tls-config.ts";
import type { Timeouts } from "../conversation/exchange.ts";
import { Fault } from "../fault/fault.ts";
import type { Anonymity } from "../fault/sentences/command-line.ts";
import type { Intake } from "../intake/intake.ts";
import {
  descriptorsOfCommands,
  type IntakeSettings,
  openIntake,
  readIntakeFiles,
} from "../intake/open-intake.ts";
import type { Health } from "../intake/store/health.ts";
import { protectObserver } from "../observer.ts";
import { secondsSince } from "../seconds.ts";
import type { Ports } from "../tls/bind.ts";
import { requireLoopback, resolveHost } from "../tls/hosts.ts";
import { affordableConnections } from "../tls/open-files.ts";
import type { ServerObserver } from "./events.ts";
import { makePlan, type PlanSettings } from "./plan.ts";
import { type Sessions, startSessions } from "./sessions.ts";

/** The settings of a server; `CreateServerOptions` explains each. */
export interface ServerSettings {
  readonly host: string;
  readonly ports: Ports;
  readonly reusePort: boolean;
  readonly identity: Identity;
  readonly trust: Trust;
  /** Why clients show no certificate; undefined: they do. */
  readonly anonymity: Anonymity | undefined;
  readonly allowedClients: readonly string[];
  readonly plan: PlanSettings;
  readonly intake: IntakeSettings;
  readonly timeouts: Timeouts;
  readonly maxSessions: number;
  readonly maxSessionsPerAddress: number | undefined;
  readonly observe: ServerObserver;
  readonly onObserverError: (thrown: unknown) => void;
  /** Called when every file has been read, before the store is opened and a port is bound. */
  readonly onFilesRead?: () => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

/** The clients that a server serves: those with a certificate, or any. */
export const CLIENTS = ["known", "anybody"] as const;
export const MAX_PASSES = 1_000_000;
export const MAX_ON_PASS_LIMIT = 1000;
export const MAX_SESSIONS = 1_000_000;
export const DEFAULT_MAX_SESSIONS = 10_000;
export const DEFAULT_MAX_SESSIONS_PER_ADDRESS = 64;

/** Throws a usage fault for options that would have no effect: the caller counts on them. */
export function requireEffect({
  anonymity,
  allowedClients,
  reusePort,
}: Pick<ServerSettings, "anonymity" | "allowedClients" | "reusePort">): void {
  if (anonymity !== undefined && allowedClients.length > 0) {
    throw new Fault("needsCertificates", { setting: "allowedClients", without: anonymity });
  }
  if (reusePort && process.platform !== "linux") {
    throw new Fault("linuxOnly", { setting: "reusePort" });
  }
}

/** A server that listens. */
export interface Server extends Sessions {
  /** The URL of the store, without its password; undefined: answers are checked and forgotten. */
  readonly store: string | undefined;
  /** Whether the store works; true without one. */
  readonly health: Health;
}

/**
 * Resolves the host, opens the intake, listens, and serves until the server is drained.
 *
 * @throws {Fault} "transport" or "timeout" when the host has no address, a port cannot be bound
 *   or the store cannot be reached; "usage" when every client is insecurely trusted and others can
 *   reach the host, and for a file, a command or a store that cannot be used
 */
export async function startServer(settings: ServerSettings): Promise<Server> {
  const { host, ports, reusePort, identity, trust, allowedClients, timeouts, plan } = settings;
  const observe = protectObserver(settings.observe, settings.onObserverError);
  const waiting = { seconds: timeouts.other, signal: settings.signal };
  const addresses = await resolveHost(host, waiting);
  if (settings.anonymity === "insecure") {
    requireLoopback(host, addresses);
  }
  const capacity = capacityOf(settings, addresses.length);
  if (capacity.connections < capacity.sessions) {
    observe({ type: "capacity limited", maxConnections: capacity.connections });
  }
  const files = await readIntakeFiles(settings.intake);
  await settings.onFilesRead?.();
  const intake = await openIntake(settings.intake, files, { ...waiting, observe });
  const requests = plan.requests ?? intake?.requests;
  try {
    const sessions = startSessions({
      addresses,
      ports,
      reusePort,
      identity,
      trust,
      allowedClients,
      timeouts,
      capacity,
      nextPlan: () => makePlan({ ...plan, requests }),
      intake,
      observe,
    });
    return withIntake(sessions, intake);
  } catch (thrown) {
    await intake?.close(0);
    throw thrown;
  }
}

/** Returns a server that closes its intake when no session is left. */
function withIntake(sessions: Sessions, intake: Intake | undefined): Server {
  return {
    ...sessions,
    store: intake?.storeName,
    get health() {
      return intake?.health ?? { isOk: true };
    },
    async drain(grace) {
      const start = performance.now();
      await sessions.drain(grace);
      await intake?.close(Math.max(0, grace - secondsSince(start)));
    },
  };
}

/**
 * Returns how many connections there may be. All clients of a proxy on this machine have its
 * address, so the loopback has a limit only when the caller gave one.
 */
function capacityOf(
  { ports, maxSessions, maxSessionsPerAddress, intake }: ServerSettings,
  addresses: number,
) {
  const furtherListeners = (ports.length - 1) * addresses;
  const perAddress = maxSessionsPerAddress ?? DEFAULT_MAX_SESSIONS_PER_ADDRESS;
  return {
    sessions: maxSessions,
    perAddress: perAddress === 0 ? Number.POSITIVE_INFINITY : perAddress,
    limitsLoopback: maxSessionsPerAddress !== undefined,
    connections: affordableConnections(
      2 * maxSessions,
      furtherListeners + descriptorsOfCommands(intake),
    ),
  };
}
