/**
 * Plain TCP, for peers that do not speak TLS or break off their handshake.
 */
import { connect as connectTcp, createServer, type Server, type Socket } from "node:net";
import { LOOPBACK } from "./hostile-peer.ts";
import { waitFor } from "./processes.ts";

export interface PlainClient extends Disposable {
  readonly socket: Socket;
  /** Returns the bytes from the server, as Latin-1. */
  heard(): string;
  /** Returns the operating system's name for the error. */
  error(): string | undefined;
  /** Returns the client's port, once it is connected. */
  port(): number;
  connected(): Promise<void>;
  closed(): Promise<void>;
}

export interface PlainServer extends Disposable {
  readonly port: number;
}

/** Connects, and sends only the text that the test sends. */
export function connectPlainly(port: number, address = LOOPBACK): PlainClient {
  const there = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  let heard = "";
  let code: string | undefined;
  let localPort = 0;
  const socket = connectTcp(port, address);
  socket.on("connect", () => {
    localPort = socket.localPort ?? 0;
    there.resolve();
  });
  socket.on("data", (bytes) => {
    heard += bytes.toString("latin1");
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    code = error.code;
  });
  socket.on("close", () => gone.resolve());
  return {
    socket,
    heard: () => heard,
    error: () => code,
    port: () => localPort,
    connected: () => waitFor(there.promise, () => "a TCP connection"),
    closed: () => waitFor(gone.promise, () => "the end of a TCP connection"),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Starts a server that hands each connection to the test, and does nothing else. */
export async function servePlainly(onConnection: (socket: Socket) => void): Promise<PlainServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A client that refuses the input may reset the connection.
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  const port = await bound(server);
  return {
    port,
    [Symbol.dispose]() {
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}

function bound(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      resolve(address !== null && typeof address === "object" ? address.port : 0);
    });
  });
}
