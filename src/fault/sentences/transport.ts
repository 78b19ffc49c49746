/**
 * Failures of hosts, sockets and TLS.
 */
import { define, type PeerText } from "../define.ts";
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
  closed: define("transport", () => "the connection was closed"),
  closedByPeer: define("transport", () => "the peer closed the connection"),
  closedInHandshake: define(
    "transport",
    () => "the peer closed the connection during the handshake",
  ),
  /** The server took the TCP connection, and then was silent. */
  serverHandshakeTimedOut: define<{ seconds: number }>(
    "timeout",
    ({ seconds }) =>
      `it took the connection, but did not finish the TLS handshake within ${seconds} s`,
  ),
  tooManyConnections: define<{ scope: "all" | "address" }>("transport", ({ scope }) =>
    scope === "all" ? "too many connections" : "too many connections from this address",
  ),
  tlsError: define<{ error: TlsError }>("transport", ({ error }) => TLS_ERRORS[error][1]),
  /**
   * An error of the TLS stack that has no meaning in `TLS_ERRORS`. `reason` is the stack's own name
   * of the error, or else its whole message, which may quote the peer's certificate.
   */
  otherTlsError: define<{ reason: string | PeerText; ends?: Ends | undefined }>(
    "transport",
    ({ reason, ends }, { peer }) =>
      describeUnknown(typeof reason === "string" ? reason : peer(reason, printable), ends),
  ),
  /** The server's certificate names other hosts, or none. */
  otherHostNames: define<{
    names: readonly PeerText[];
    wanted: string;
    issuer?: PeerText | undefined;
    /** Whether the certificate has the wanted address as a DNS name. */
    isDnsName: boolean;
  }>("transport", ({ names, wanted, isDnsName }, { peer }) => {
    if (isDnsName) {
      return `the peer's certificate has the address ${wanted} as a DNS name, where it does not count`;
    }
    return names.length === 0
      ? `the peer's certificate names no host; ${COMMON_NAME_RULE}`
      : `the peer's certificate is for another host name: ${names.map((name) => peer(name, printable)).join(", ")}, not ${wanted}`;
  }),
  pinMismatch: define("transport", () => "the server's public key matches no pin"),
  certificatesRejected: define<{ text: string }>(
    "usage",
    ({ text }) => `the certificates cannot be used: ${text}`,
  ),
  noConnection: define("internal", () => "a handshake without a connection"),
  unreachable: define<{ endpoint: string; code: string }>(
    "transport",
    ({ endpoint, code }) =>
      `cannot connect to ${endpoint}: ${code === "ECONNREFUSED" ? "connection refused" : code}`,
  ),
  notReady: define<{ endpoint: string }>(
    "transport",
    ({ endpoint }) => `the server at ${endpoint} serves no new clients`,
  ),
  noAnswer: define<{ endpoint: string }>(
    "transport",
    ({ endpoint }) => `no answer from ${endpoint}`,
  ),
  noServer: define<{ host: string; ports: readonly number[] }>("transport", ({ host, ports }) => {
    const where = ports.length === 1 ? `port ${ports[0]}` : `any of the ports ${ports.join(", ")}`;
    return `no server answers at ${host} on ${where}`;
  }),
  /**
   * The server closed after the handshake, before its first line. `reason` is the sentence of the
   * fault that ended the connection, which may quote the peer.
   */
  closedBeforeHello: define<{ reason: PeerText; showedCertificate: boolean }>(
    "transport",
    ({ reason }, { peer }) => peer(reason, printable),
  ),
  unresolved: define<{ host: string }>(
    "transport",
    ({ host }) => `cannot resolve the host ${host}`,
  ),
  /** The mode that trusts every peer was asked for on a host that other machines can reach. */
  notLoopback: define<{ host: string; isResolved: boolean }>(
    "usage",
    ({ host, isResolved }, { setting }) =>
      `${setting("insecure")} is only for the loopback, and ${host} ${isResolved ? "is not" : "cannot be resolved"}`,
  ),
  /** `isOneOf`: there are several ports. */
  cannotListen: define<{ endpoint: string; code: string | undefined; isOneOf: boolean }>(
    "transport",
    ({ endpoint, code }) =>
      // The runtime gives no code for an address that no interface can have.
      `cannot listen on ${endpoint}: ${code === undefined ? "no interface has that address" : (BIND_ERRORS[code] ?? code)}`,
  ),
  cannotServeMetrics: define<{ endpoint: string; code: string }>(
    "transport",
    ({ endpoint, code }) => `cannot serve metrics on ${endpoint}: ${BIND_ERRORS[code] ?? code}`,
  ),
  supervisorUnreachable: define<{ reason: SupervisorProblem; cause?: string }>(
    "transport",
    ({ reason, cause }) =>
      `cannot notify the supervisor (NOTIFY_SOCKET): ${cause ?? SUPERVISOR_PROBLEMS[reason]}`,
  ),
};

const SUPERVISOR_PROBLEMS = {
  unsupported: "this system has no such sockets",
  noReader: "the socket takes no messages",
  badName: "the name is neither an absolute path nor an @name, or is too long",
  noNativeCode: "native code cannot be called",
} as const;
type SupervisorProblem = keyof typeof SUPERVISOR_PROBLEMS;
