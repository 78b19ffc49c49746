/**
 * Failures of hosts, sockets and TLS.
 */
import { internal, type PeerText, timeout, transport, usage } from "../define.ts";
import { printable } from "../printable.ts";
import { COMMON_NAME_RULE } from "./certificates.ts";
import { describeUnknown, type Ends, TLS_ERRORS, type TlsError } from "./tls.ts";

/** Errors of the system that binding a port can meet, in words. */
const BIND_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use",
  EACCES: "permission denied",
  EADDRNOTAVAIL: "not an address of this machine",
};

export const TRANSPORT_SENTENCES = {
  closed: transport(() => "the connection was closed"),
  closedByPeer: transport(() => "the peer closed the connection"),
  closedInHandshake: transport(() => "the peer closed the connection during the handshake"),
  /** The server took the TCP connection, and then was silent. */
  serverHandshakeTimedOut: timeout<{ seconds: number }>(
    ({ seconds }) =>
      `it took the connection, but did not finish the TLS handshake within ${seconds} s`,
  ),
  tooManyConnections: transport<{ scope: "all" | "address" }>(({ scope }) =>
    scope === "all" ? "too many connections" : "too many connections from this address",
  ),
  tlsError: transport<{ error: TlsError }>(({ error }) => TLS_ERRORS[error][1]),
  /**
   * An error of the TLS stack that has no meaning in `TLS_ERRORS`. `reason` is the stack's own name
   * of the error, or else its whole message, which may quote the peer's certificate.
   */
  otherTlsError: transport<{ reason: string | PeerText; ends?: Ends | undefined }>(
    ({ reason, ends }, { peer }) =>
      describeUnknown(typeof reason === "string" ? reason : peer(reason, printable), ends),
  ),
  /** The server's certificate names other hosts, or none. */
  otherHostNames: transport<{
    names: readonly PeerText[];
    wanted: string;
    issuer?: PeerText | undefined;
    /** Whether the certificate has the wanted address as a DNS name. */
    isDnsName: boolean;
  }>(({ names, wanted, isDnsName }, { peer }) => {
    if (isDnsName) {
      return `the peer's certificate has the address ${wanted} as a DNS name, where it does not count`;
    }
    return names.length === 0
      ? `the peer's certificate names no host; ${COMMON_NAME_RULE}`
      : `the peer's certificate is for another host name: ${names.map((name) => peer(name, printable)).join(", ")}, not ${wanted}`;
  }),
  pinMismatch: transport(() => "the server's public key matches no pin"),
  certificatesRejected: usage<{ text: string }>(
    ({ text }) => `the certificates cannot be used: ${text}`,
  ),
  noConnection: internal(() => "a handshake without a connection"),
  unreachable: transport(cannotConnect),
  /** The address where a server on this machine serves its metrics. */
  monitorUnreachable: transport(cannotConnect),
  notReady: transport<{ endpoint: string }>(
    ({ endpoint }) => `the server at ${endpoint} serves no new clients`,
  ),
  noAnswer: transport<{ endpoint: string }>(({ endpoint }) => `no answer from ${endpoint}`),
  /** `isInvited`: host and ports are those of an invitation. */
  noServer: transport<{ host: string; ports: readonly number[]; isInvited?: boolean }>(
    ({ host, ports }) => {
      const where =
        ports.length === 1 ? `port ${ports[0]}` : `any of the ports ${ports.join(", ")}`;
      return `no server answers at ${host} on ${where}`;
    },
  ),
  /**
   * The server closed after the handshake, before its first line. `reason` is the sentence of the
   * fault that ended the connection, which may quote the peer.
   */
  closedBeforeHello: transport<{ reason: PeerText; showedCertificate: boolean }>(
    ({ reason }, { peer }) => peer(reason, printable),
  ),
  unresolved: transport<{ host: string }>(({ host }) => `cannot resolve the host ${host}`),
  /** The mode that trusts every peer was asked for on a host that other machines can reach. */
  notLoopback: usage<{ host: string; isResolved: boolean }>(
    ({ host, isResolved }, { setting }) =>
      `${setting("insecure")} is only for the loopback, and ${host} ${isResolved ? "is not" : "cannot be resolved"}`,
  ),
  /** `isOneOf`: there are several ports. */
  cannotListen: transport<{ endpoint: string; code: string | undefined; isOneOf: boolean }>(
    ({ endpoint, code }) =>
      // The runtime gives no code for an address that no interface can have.
      `cannot listen on ${endpoint}: ${code === undefined ? "no interface has that address" : (BIND_ERRORS[code] ?? code)}`,
  ),
  cannotServeMetrics: transport<{ endpoint: string; code: string }>(
    ({ endpoint, code }) => `cannot serve metrics on ${endpoint}: ${BIND_ERRORS[code] ?? code}`,
  ),
  supervisorUnreachable: transport<{ reason: SupervisorProblem; cause?: string }>(
    ({ reason, cause }) =>
      `cannot notify the supervisor (NOTIFY_SOCKET): ${cause ?? SUPERVISOR_PROBLEMS[reason]}`,
  ),
};

function cannotConnect({ endpoint, code }: { endpoint: string; code: string }): string {
  return `cannot connect to ${endpoint}: ${code === "ECONNREFUSED" ? "connection refused" : code}`;
}

const SUPERVISOR_PROBLEMS = {
  unsupported: "this system has no such sockets",
  noReader: "the socket takes no messages",
  badName: "the name is neither an absolute path nor an @name, or is too long",
  noNativeCode: "native code cannot be called",
} as const;
type SupervisorProblem = keyof typeof SUPERVISOR_PROBLEMS;
