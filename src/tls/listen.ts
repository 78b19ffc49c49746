/**
 * The accepting end. Only connections whose peer is authorised leave this file.
 */

import { identify, type PeerIdentity } from "../certificates/fingerprint.ts";
import type { TlsConfig, Trust } from "../certificates/tls-config.ts";
import type { LineChannel } from "../conversation/channel.ts";
import { withTimeout } from "../deadline.ts";
import { Fault, toFault } from "../fault/fault.ts";
import { type BindOptions, type Bound, bindAll } from "./bind.ts";
import { type Admitted, type Capacity, createConnectionLimits } from "./connection-limits.ts";
import { formatEndpoint } from "./hosts.ts";
import { isTrusted, type ServerTls, serverTls } from "./options.ts";
import { checkTls } from "./reload.ts";
import { SocketChannel, type Traffic } from "./socket-channel.ts";
import { distrust, endsOf, tlsFault } from "./tls-errors.ts";

/** One authorised client. */
export interface Accepted {
  readonly channel: LineChannel;
  /** `address:port` */
  readonly peer: string;
  /** By its certificate; undefined where none was required. */
  readonly identity: PeerIdentity | undefined;
  readonly tlsVersion: string;
  readonly cipher: string;
  /** So far. */
  readonly traffic: Traffic;
  /** The reason with which it must be refused all the same, for the client to read. */
  readonly refusal: string | undefined;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
}

export interface ListenOptions extends BindOptions, TlsConfig {
  /** Fingerprints of the clients to serve; empty: all authorised clients. */
  readonly allowedClients: readonly string[];
  /** From the TCP accept to the end of the TLS handshake, in seconds. */
  readonly handshakeTimeout: number;
  readonly capacity: Capacity;
  readonly onAccepted: (accepted: Accepted) => void;
  /** A connection ended before it was authorised. */
  readonly onRejected: (peer: string, fault: Fault) => void;
}

export interface Listener extends Pick<Bound, "ports" | "stop"> {
  /**
   * Uses other certificates for the connections that it accepts from now on.
   *
   * @throws {Fault} "usage" when the TLS stack does not take them; then nothing changes
   */
  reload(config: TlsConfig): void;
}

/** One connection, from accept to close. */
interface Connection {
  readonly channel: SocketChannel;
  readonly peer: string;
  readonly trust: Trust;
  readonly admission: Admitted;
  /** Resolved when the handshake is over, one way or another. */
  readonly handshake: PromiseWithResolvers<void>;
  state: "handshake" | "accepted" | "rejected";
}

type TlsSocket = Bun.Socket<Connection | undefined>;

/**
 * Binds every port on every address.
 *
 * @throws {Fault} "transport" when that is impossible, "usage" when the TLS stack does not take the
 *   certificates
 */
export function listen(options: ListenOptions): Listener {
  const limits = createConnectionLimits(options.capacity);
  let { trust } = options;

  function onOpen(socket: TlsSocket): void {
    // A connection that was reset before it was accepted has no address.
    const remoteAddress: string | undefined = socket.remoteAddress;
    if (remoteAddress === undefined) {
      options.onRejected("unknown", new Fault("closedInHandshake", {}));
      socket.terminate();
      return;
    }
    const peer = formatEndpoint(remoteAddress, socket.remotePort);
    const admission = limits.enter(remoteAddress);
    if (!admission.admitted) {
      options.onRejected(peer, new Fault("tooManyConnections", { scope: admission.scope }));
      socket.terminate();
      return;
    }
    const channel = new SocketChannel(socket);
    const handshake = Promise.withResolvers<void>();
    socket.data = { channel, peer, trust, admission, handshake, state: "handshake" };
    const deadline = { seconds: options.handshakeTimeout, step: "the TLS handshake" };
    withTimeout(deadline, handshake.promise).catch((fault) => reject(socket, fault, options));
  }

  const bound = bindAll<Connection>(options, {
    tls: prepareTls(options),
    socket: { ...createHandler(options), open: onOpen },
  });
  return {
    ports: bound.ports,
    stop: bound.stop,
    reload(config) {
      bound.reloadTls(prepareTls(config));
      trust = config.trust;
    },
  };
}

/**
 * Returns TLS settings that the TLS stack was seen to accept, so that no client finds a mistake.
 */
function prepareTls({ identity, trust }: TlsConfig): ServerTls {
  const tls = serverTls(identity, trust);
  checkTls(tls);
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
        identity = identifyPeer(socket, success, error, connection.trust);
      } catch (thrown) {
        reject(socket, toFault(thrown), options);
        return;
      }
      connection.state = "accepted";
      connection.handshake.resolve();
      options.onAccepted(toAccepted(socket, connection, identity, options));
    },
    data(socket, bytes) {
      const connection = socket.data;
      if (connection?.state === "accepted") {
        connection.channel.onData(bytes);
      }
    },
    drain: (socket) => socket.data?.channel.onDrain(),
    end: (socket) => socket.data?.channel.onEnd(),
    error: (socket, error) => socket.data?.channel.onEnd(tlsFault(error, endsOf(socket))),
    close(socket) {
      const connection = socket.data;
      if (connection?.state === "handshake") {
        reject(socket, new Fault("closedInHandshake", {}), options);
      }
      connection?.admission.leave();
      connection?.channel.onClose();
    },
  };
}

/** Returns the peer's identity, if it showed a certificate. Throws the reason to reject it. */
function identifyPeer(
  socket: TlsSocket,
  success: boolean,
  error: Error | null,
  trust: Trust,
): PeerIdentity | undefined {
  if (!isTrusted(socket, success, error, trust)) {
    throw distrust(socket, error);
  }
  const certificate = socket.getPeerX509Certificate();
  return certificate && identify(certificate);
}

function toAccepted(
  socket: TlsSocket,
  { channel, peer, admission }: Connection,
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
    refusal: isAllowed ? admission.refusal : "this server does not serve your public key",
    closed: channel.closed,
  };
}

/** Ends a connection that is still in its handshake. */
function reject(socket: TlsSocket, fault: Fault, { onRejected }: ListenOptions): void {
  const connection = socket.data;
  if (connection?.state === "handshake") {
    connection.state = "rejected";
    connection.handshake.resolve();
    onRejected(connection.peer, fault);
    socket.terminate();
  }
}
