/**
 * The accepting end. It hands on only connections whose peer is authorised; all others end here.
 */
import type { LineChannel } from "../conversation/channel.ts";
import { errorCode, Fault } from "../fault.ts";
import { createSocketChannel, type SocketChannel, type Traffic } from "./channel.ts";
import type { Identity } from "./identity.ts";
import { formatEndpoint } from "./loopback.ts";
import { isTrusted, serverTls, type Trust } from "./options.ts";
import { identify, type PeerIdentity } from "./peer.ts";
import { tlsFault } from "./trouble.ts";

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
  /** How many connections were open when this one came, itself included. */
  readonly position: number;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
}

export interface ListenOptions {
  /** The addresses to bind, all on the same port. */
  readonly addresses: readonly [string, ...string[]];
  /** 0 takes a free one. */
  readonly port: number;
  readonly identity: Identity;
  readonly trust: Trust;
  /** From the TCP accept to the end of the TLS handshake, in seconds. */
  readonly handshakeLimit: number;
  /** Connections beyond so many are dropped at once. */
  readonly maxConnections: number;
  readonly onAccepted: (accepted: Accepted) => void;
  /** A connection ended before it was authorised. */
  readonly onRejected: (peer: string, fault: Fault) => void;
}

export interface Listener {
  readonly port: number;
  /** Stops accepting; connections that are open stay. */
  stop(): void;
}

/** What is known of a socket from accept to close. */
interface Connection {
  readonly channel: SocketChannel;
  readonly peer: string;
  readonly position: number;
  readonly handshakeTimer: ReturnType<typeof setTimeout>;
  state: "handshake" | "accepted" | "rejected";
}

type ServerSocket = Bun.Socket<Connection | undefined>;

/** How often a free port is sought that every address can have. */
const PORT_TRIES = 16;

/** Binds every address on one port. Throws a transport fault when that cannot be. */
export function listen(options: ListenOptions): Listener {
  for (let tries = 1; ; tries += 1) {
    try {
      return bindAll(options);
    } catch (thrown) {
      if (options.port !== 0 || tries === PORT_TRIES) {
        throw thrown;
      }
    }
  }
}

function bindAll(options: ListenOptions): Listener {
  const handler = createHandler(options);
  const bound: Bun.TCPSocketListener<Connection | undefined>[] = [];
  let absent: unknown;
  for (const address of options.addresses) {
    try {
      bound.push(bind(address, bound[0]?.port ?? options.port, options, handler));
    } catch (thrown) {
      // A name may have addresses that this machine has not, such as ::1 without IPv6.
      if (!(thrown instanceof Fault && errorCode(thrown.cause) === "EADDRNOTAVAIL")) {
        stopAll(bound);
        throw thrown;
      }
      absent = thrown;
    }
  }
  const [first] = bound;
  if (first === undefined) {
    throw absent;
  }
  return { port: first.port, stop: () => stopAll(bound) };
}

function bind(
  hostname: string,
  port: number,
  { identity, trust }: ListenOptions,
  socket: Bun.SocketHandler<Connection | undefined>,
): Bun.TCPSocketListener<Connection | undefined> {
  try {
    return Bun.listen({ hostname, port, tls: serverTls(identity, trust), data: undefined, socket });
  } catch (cause) {
    throw bindFault(hostname, port, cause);
  }
}

function stopAll(bound: readonly Bun.TCPSocketListener<Connection | undefined>[]): void {
  for (const listener of bound) {
    listener.stop(false);
  }
}

function createHandler(options: ListenOptions): Bun.SocketHandler<Connection | undefined> {
  let open = 0;

  function onOpen(socket: ServerSocket): void {
    open += 1;
    const peer = formatEndpoint(socket.remoteAddress, socket.remotePort);
    const channel = createSocketChannel(socket);
    const handshakeTimer = setTimeout(
      () => reject(socket, new Fault("timeout", "the TLS handshake took too long")),
      options.handshakeLimit * 1000,
    );
    socket.data = { channel, peer, position: open, handshakeTimer, state: "handshake" };
    if (open > options.maxConnections) {
      reject(socket, new Fault("transport", "too many connections", { kind: "too-many" }));
    }
  }

  function onHandshake(socket: ServerSocket, success: boolean, error: Error | null): void {
    const connection = socket.data;
    if (connection?.state !== "handshake") {
      return;
    }
    if (!isTrusted(socket, success, error, options.trust)) {
      reject(socket, tlsFault(error));
      return;
    }
    const { channel, peer, position } = connection;
    const certificate = socket.getPeerX509Certificate();
    const accepted = {
      channel,
      peer,
      identity: certificate && identify(certificate),
      position,
      tlsVersion: socket.getTLSVersion(),
      cipher: socket.getCipher().name,
      traffic: channel.traffic,
      closed: channel.closed,
    };
    connection.state = "accepted";
    clearTimeout(connection.handshakeTimer);
    options.onAccepted(accepted);
  }

  function reject(socket: ServerSocket, fault: Fault): void {
    const connection = socket.data;
    if (connection?.state === "handshake") {
      connection.state = "rejected";
      clearTimeout(connection.handshakeTimer);
      options.onRejected(connection.peer, fault);
      socket.terminate();
    }
  }

  function onClose(socket: ServerSocket): void {
    open -= 1;
    reject(socket, closedEarly());
    socket.data?.channel.onClose();
  }

  return {
    open: onOpen,
    handshake: onHandshake,
    data(socket, bytes) {
      if (socket.data?.state === "accepted") {
        socket.data.channel.onData(bytes);
      }
    },
    drain: (socket) => socket.data?.channel.onDrain(),
    end: (socket) =>
      socket.data?.channel.onEnd(new Fault("transport", "the peer closed the connection")),
    error: (socket, error) => socket.data?.channel.onEnd(tlsFault(error)),
    close: onClose,
  };
}

function closedEarly(): Fault {
  const message = "the peer closed the connection during the handshake";
  return new Fault("transport", message, { kind: "closed" });
}

function bindFault(hostname: string, port: number, cause: unknown): Fault {
  const code = errorCode(cause);
  const endpoint = formatEndpoint(hostname, port);
  switch (code) {
    case "EADDRINUSE":
      return new Fault("transport", `cannot listen on ${endpoint}: the port is in use`, {
        hint: "choose another with --port, or let the system choose one with --port 0",
        cause,
      });
    case "EACCES":
      return new Fault("transport", `cannot listen on ${endpoint}: permission denied`, {
        hint: "ports below 1024 need a privilege; choose a higher one with --port",
        cause,
      });
    case "EADDRNOTAVAIL":
      return new Fault(
        "transport",
        `cannot listen on ${endpoint}: not an address of this machine`,
        {
          cause,
        },
      );
    default:
      return new Fault("transport", `cannot listen on ${endpoint}: ${code}`, { cause });
  }
}
