/**
 * The accepting end. It hands on only connections whose peer is authorised; all others end here.
 */

import { identify, type PeerIdentity } from "../certificates/fingerprint.ts";
import type { TlsConfig, Trust } from "../certificates/tls-config.ts";
import type { LineChannel } from "../conversation/channel.ts";
import { type Fault, oldFault, toFault } from "../fault/fault.ts";
import { type BindOptions, type Bound, bindAll } from "./bind.ts";
import { type Admitted, type Capacity, createConnectionLimits } from "./connection-limits.ts";
import { formatEndpoint } from "./hosts.ts";
import { isTrusted, type ServerTls, serverTls } from "./options.ts";
import { tryTls } from "./reload.ts";
import { SocketChannel, type Traffic } from "./socket-channel.ts";
import { tlsFault } from "./tls-errors.ts";

/** One authorised client. */
export interface Accepted {
  readonly channel: LineChannel;
  /** `address:port` */
  readonly peer: string;
  /** By its certificate; absent where none was asked for. */
  readonly identity: PeerIdentity | undefined;
  readonly tlsVersion: string;
  readonly cipher: string;
  /** So far. */
  readonly traffic: Traffic;
  /** Why it must be turned away all the same, for the client to read. */
  readonly refusal: string | undefined;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
}

export interface ListenOptions extends BindOptions, TlsConfig {
  /** Fingerprints of the clients that are served; empty: all that are authorised. */
  readonly allowedClients: readonly string[];
  /** From the TCP accept to the end of the TLS handshake, in seconds. */
  readonly handshakeTimeout: number;
  readonly capacity: Capacity;
  readonly onAccepted: (accepted: Accepted) => void;
  /** A connection ended before it was authorised. */
  readonly onRejected: (peer: string, fault: Fault) => void;
}

export interface Listener extends Pick<Bound, "port" | "stop"> {
  /** Meets every connection from now on with other credentials. Throws as `listen` does. */
  renew(credentials: TlsConfig): void;
}

/** What is known of a socket from accept to close. */
interface Connection {
  readonly channel: SocketChannel;
  readonly peer: string;
  readonly trust: Trust;
  readonly entry: Admitted;
  readonly handshakeTimer: ReturnType<typeof setTimeout>;
  state: "handshake" | "accepted" | "rejected";
}

const CLOSED_EARLY = oldFault("transport", "the peer closed the connection during the handshake", {
  kind: "closed",
});

type TlsSocket = Bun.Socket<Connection | undefined>;

/**
 * Binds every address on one port. Throws a transport fault when that cannot be, and a usage fault
 * when the TLS stack does not take the credentials.
 */
export function listen(options: ListenOptions): Listener {
  const crowd = createConnectionLimits(options.capacity);
  let { trust } = options;

  function onOpen(socket: TlsSocket): void {
    // Who has reset the connection before it was accepted has no address any more.
    const remoteAddress: string | undefined = socket.remoteAddress;
    if (remoteAddress === undefined) {
      options.onRejected("unknown", CLOSED_EARLY);
      socket.terminate();
      return;
    }
    const peer = formatEndpoint(remoteAddress, socket.remotePort);
    const entry = crowd.enter(remoteAddress);
    if (!entry.admitted) {
      options.onRejected(peer, oldFault("transport", entry.reason, { kind: "too-many" }));
      socket.terminate();
      return;
    }
    const handshakeTimer = setTimeout(
      () => reject(socket, oldFault("timeout", "the TLS handshake took too long"), options),
      options.handshakeTimeout * 1000,
    );
    const channel = new SocketChannel(socket);
    socket.data = { channel, peer, trust, entry, handshakeTimer, state: "handshake" };
  }

  const bound = bindAll<Connection>(options, {
    tls: prepare(options),
    socket: { ...createHandler(options), open: onOpen },
  });
  return {
    port: bound.port,
    stop: bound.stop,
    renew(credentials) {
      bound.renewTls(prepare(credentials));
      trust = credentials.trust;
    },
  };
}

/** A connection's TLS settings, tried out: a client must not be the first to find a fault in them. */
function prepare({ identity, trust }: TlsConfig): ServerTls {
  const tls = serverTls(identity, trust);
  tryTls(tls);
  return tls;
}

function createHandler(options: ListenOptions): Bun.SocketHandler<Connection | undefined> {
  return {
    handshake(socket, success, error) {
      const connection = socket.data;
      if (connection?.state !== "handshake") {
        return;
      }
      let identity: PeerIdentity | undefined;
      try {
        identity = judge(socket, success, error, connection.trust);
      } catch (thrown) {
        reject(socket, toFault(thrown), options);
        return;
      }
      connection.state = "accepted";
      clearTimeout(connection.handshakeTimer);
      options.onAccepted(introduce(socket, connection, identity, options));
    },
    data(socket, bytes) {
      const connection = socket.data;
      if (connection?.state === "accepted") {
        connection.channel.onData(bytes);
      }
    },
    drain: (socket) => socket.data?.channel.onDrain(),
    end: (socket) => socket.data?.channel.onEnd(),
    error: (socket, error) => socket.data?.channel.onEnd(tlsFault(error)),
    close(socket) {
      reject(socket, CLOSED_EARLY, options);
      socket.data?.entry.leave();
      socket.data?.channel.onClose();
    },
  };
}

/** Who the peer is, where it was asked to show that. Throws whatever speaks against it. */
function judge(
  socket: TlsSocket,
  success: boolean,
  error: Error | null,
  trust: Trust,
): PeerIdentity | undefined {
  if (!isTrusted(socket, success, error, trust)) {
    throw tlsFault(error);
  }
  const certificate = socket.getPeerX509Certificate();
  return certificate && identify(certificate);
}

function introduce(
  socket: TlsSocket,
  { channel, peer, entry }: Connection,
  identity: PeerIdentity | undefined,
  { allowedClients }: ListenOptions,
): Accepted {
  const isAllowed =
    allowedClients.length === 0 || allowedClients.includes(identity?.fingerprint ?? "");
  return {
    channel,
    peer,
    identity,
    tlsVersion: socket.getTLSVersion(),
    cipher: socket.getCipher().name,
    traffic: channel.traffic,
    refusal: isAllowed ? entry.refusal : "this server does not serve your public key",
    closed: channel.closed,
  };
}

/** Ends a connection that is still in its handshake. */
function reject(socket: TlsSocket, fault: Fault, { onRejected }: ListenOptions): void {
  const connection = socket.data;
  if (connection?.state === "handshake") {
    connection.state = "rejected";
    clearTimeout(connection.handshakeTimer);
    onRejected(connection.peer, fault);
    socket.terminate();
  }
}
