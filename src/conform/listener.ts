/**
 * A server for one client under test, which need not show a certificate.
 */
import { createServer, type Socket } from "node:net";
import type { Identity } from "../certificates/identity.ts";
import { SocketChannel } from "../tls/socket-channel.ts";
import { createPeer, type Peer } from "./peer.ts";

export const HOST = "127.0.0.1";

/** TLS versions, as the TLS stack numbers them. */
interface Versions {
  readonly minVersion: number;
  readonly maxVersion?: number;
}

export interface Listener extends Disposable {
  readonly port: number;
  /** The first client whose handshake succeeded. */
  readonly peer: Promise<Peer>;
  /** Whether a client has connected, with a handshake or without. */
  isConnected(): boolean;
}

export interface ListenerTls extends Identity {
  /** The authority whose certificates clients may show. */
  readonly ca: string;
}

/** Listens with TLS. Clients after the first are not answered. */
export function listenWithTls(
  settings: ListenerTls,
  versions: Versions,
  signal: AbortSignal,
): Listener {
  const peer = Promise.withResolvers<Peer>();
  let isConnected = false;
  const listener = Bun.listen<SocketChannel | undefined>({
    hostname: HOST,
    port: 0,
    tls: { ...settings, ...versions, requestCert: true, rejectUnauthorized: false },
    socket: {
      open(socket) {
        socket.data = new SocketChannel(socket);
        isConnected = true;
      },
      handshake(socket, success) {
        if (success && socket.data !== undefined) {
          peer.resolve(createPeer({ channel: socket.data, socket, signal }));
        }
      },
      data: (socket, bytes) => socket.data?.onData(bytes),
      drain: (socket) => socket.data?.onDrain(),
      end: (socket) => socket.data?.onEnd(),
      error: (socket) => socket.data?.onEnd(),
      close: (socket) => socket.data?.onClose(),
    },
  });
  return {
    port: listener.port,
    peer: peer.promise,
    isConnected: () => isConnected,
    [Symbol.dispose]: () => listener.stop(true),
  };
}

export interface PlainListener extends Disposable {
  readonly port: number;
  isConnected(): boolean;
  /** The text from all clients, as Latin-1. */
  received(): string;
}

/** Listens without TLS, and sends a text to each client. */
export async function listenInClear(text: string): Promise<PlainListener> {
  const sockets = new Set<Socket>();
  let received = "";
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1").slice(0, MAX_KEPT - received.length);
    });
    socket.write(text);
  });
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(0, HOST, listening.resolve);
  await listening.promise;
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    isConnected: () => sockets.size > 0,
    received: () => received,
    [Symbol.dispose]() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
    },
  };
}

/** Characters. */
const MAX_KEPT = 1000;
