/**
 * One visit of a client to a server: find it, connect, hold the conversation.
 */
import {
  type ClientOptions,
  type ClientReport,
  holdClientConversation,
} from "../conversation/client.ts";
import { oldFault, toFault } from "../fault/fault.ts";
import type { ClientObserver, Connection } from "../server/events.ts";
import { type Connected, type ConnectOptions, connect } from "../tls/connect.ts";
import { requireLoopback, resolveHost } from "../tls/hosts.ts";

export interface VisitOptions
  extends Omit<ConnectOptions, "address" | "port" | "serverName" | "timeout">,
    Omit<ClientOptions, "observe"> {
  /** The host's name as the user said it; the certificate must carry it. */
  readonly host: string;
  /** Tried in order until one answers. */
  readonly ports: readonly number[];
  /** Is told of everything that happens, as it happens; must not throw. */
  readonly observe: ClientObserver;
}

/** How far a visit came; `connection` is absent when no handshake succeeded. */
export interface VisitReport extends ClientReport {
  connection?: Connection;
  /** Where a TCP connection stood. */
  port?: number;
}

/** Never throws: what went wrong is in the report. */
export async function visit(options: VisitOptions): Promise<VisitReport> {
  let reached: Pick<VisitReport, "port"> = {};
  try {
    const { port, connected } = await findServer(options, (answering) => {
      reached = { port: answering };
    });
    const { channel, tlsVersion, cipher, closed } = connected;
    const connection = { host: options.host, port, tlsVersion, cipher };
    options.observe({ type: "connected", connection });
    const begun = performance.now();
    const report = await holdClientConversation(channel, {
      ...options,
      observe: (exchange) => options.observe({ type: "exchange", exchange }),
    });
    const { answered, fault } = report;
    const isInterrupted = fault !== undefined && options.signal?.aborted === true;
    const seconds = (performance.now() - begun) / 1000;
    options.observe({ type: "finished", answered, fault, isInterrupted, seconds });
    await closed;
    return { ...report, port, connection, ...explain(report, options) };
  } catch (thrown) {
    return { ...failedVisit(thrown), ...reached };
  }
}

/** A server may refuse our certificate after the handshake, by closing. */
function explain({ fault, heard }: ClientReport, { identity }: VisitOptions) {
  if (fault?.family !== "transport" || heard) {
    return {};
  }
  const hint =
    identity === undefined
      ? "it said nothing: does it want a certificate? None is shown with --insecure"
      : "it said nothing: it may not accept our certificate; does it know the authority that signed it?";
  return { fault: oldFault("transport", fault.message, { hint, cause: fault }) };
}

/** The report of a visit that came to nothing. */
export function failedVisit(thrown: unknown): VisitReport {
  return {
    bits: null,
    attempts: null,
    seconds: null,
    answered: 0,
    heard: false,
    fault: toFault(thrown),
  };
}

async function findServer(
  options: VisitOptions,
  onAnswer: (port: number) => void,
): Promise<{ readonly port: number; readonly connected: Connected }> {
  const { host, ports, trust, timeouts, observe } = options;
  const addresses = await resolveHost(host, { seconds: timeouts.other, signal: options.signal });
  if (trust === "anybody") {
    requireLoopback(host, addresses);
  }
  for (const port of ports) {
    for (const address of addresses) {
      const connected = await connect({
        ...options,
        address,
        port,
        serverName: host,
        timeout: timeouts.other,
        onAnswer: () => onAnswer(port),
      });
      if (!("unreachable" in connected)) {
        return { port, connected };
      }
      observe({ type: "no answer", fault: connected.unreachable });
    }
  }
  const where = ports.length === 1 ? `port ${ports[0]}` : `any of the ports ${ports.join(", ")}`;
  throw oldFault("transport", `no server answers at ${host} on ${where}`, {
    hint: "start one with tlslp server, or say with --host and --ports where it listens",
  });
}
