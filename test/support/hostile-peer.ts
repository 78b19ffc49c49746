/**
 * A hostile peer over real TLS, client or server: a test decides each byte that it sends and how it
 * leaves. Its honest answers follow the protocol page, not our program.
 */
import type { Credentials } from "./certificates.ts";
import { waitFor } from "./processes.ts";

export const LOOPBACK = "127.0.0.1";

export interface HostilePeer {
  /** Returns the next line, without its `\n`; throws when our program closes before. */
  receive(): Promise<string>;
  /** Returns all further lines, once our program has closed; the last may be incomplete. */
  receiveAll(): Promise<readonly string[]>;
  /** Resolves when the operating system has taken all bytes, or our program is gone. */
  send(bytes: string | Uint8Array): Promise<void>;
  /** Ends its own stream with close_notify; it can still receive. */
  finish(): void;
  /** Closes with a TCP reset. */
  reset(): void;
  /** Stops reading. */
  pause(): void;
  /** Whether our program has ended its stream. */
  readonly left: boolean;
  /** Its own address as our program sees it. */
  readonly address: string;
}

export interface HostileServer extends Disposable {
  readonly port: number;
  /**
   * Resolves when every client so far was served. A client's end may be noticed before the last
   * bytes that it sent, so a test that looks at them must wait.
   */
  served(): Promise<unknown>;
}

/** Returns the honest answer to a line of the server. */
export function honestAnswer(line: string, token: string, value = "a value"): string {
  const [keyword, word = "", bits = "0"] = line.split(" ");
  switch (keyword) {
    case "HELLO":
      return "HELLOBACK";
    case "WORK":
      return findSuffix(word, Number(bits));
    case "DONE":
      return "OK";
    default:
      return `${sha256(token + word)} ${value}`;
  }
}

export function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

/** Tries 0, 1, 2, …; meant for puzzles of a few bits. */
export function findSuffix(token: string, bits: number): string {
  for (let number = 0; ; number += 1) {
    if (BigInt(`0x${sha256(token + number)}`) % (1n << BigInt(bits)) === 0n) {
      return `${number}`;
    }
  }
}

/** Connects and shakes hands. */
export async function connectPeer({ client }: Credentials, port: number): Promise<HostilePeer> {
  const { peer, handler, open } = createPeer();
  const tls = { ...client, rejectUnauthorized: false };
  await Bun.connect({ hostname: LOOPBACK, port, tls, socket: handler });
  await waitFor(open, () => "a TLS handshake");
  return peer;
}

/** Serves every client with the same function. */
export function servePeer(
  { authority, server }: Credentials,
  serve: (peer: HostilePeer) => Promise<void>,
): HostileServer {
  const sessions: Promise<void>[] = [];
  type Data = { readonly peer: HostilePeer; readonly handler: Bun.SocketHandler<unknown> };
  const listener = Bun.listen<Data | undefined>({
    hostname: LOOPBACK,
    port: 0,
    tls: { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
    socket: {
      open(socket) {
        const { peer, handler, open } = createPeer();
        socket.data = { peer, handler };
        sessions.push(open.then(() => serve(peer)).catch(() => peer.reset()));
      },
      handshake: (socket, ok, error) => socket.data?.handler.handshake?.(socket, ok, error),
      data: (socket, bytes) => socket.data?.handler.data?.(socket, bytes),
      drain: (socket) => socket.data?.handler.drain?.(socket),
      end: (socket) => socket.data?.handler.end?.(socket),
      error: () => undefined,
      close: (socket) => socket.data?.handler.close?.(socket),
    },
  });
  return {
    port: listener.port,
    served: () => Promise.all(sessions),
    [Symbol.dispose]: () => listener.stop(true),
  };
}

function createPeer() {
  const open = Promise.withResolvers<void>();
  let news = Promise.withResolvers<void>();
  let writable = Promise.withResolvers<void>();
  let socket: Bun.Socket<unknown> | undefined;
  let address = "";
  let received = Buffer.alloc(0);
  let left = false;

  function announce(): void {
    news.resolve();
    news = Promise.withResolvers();
  }

  function leave(): void {
    left = true;
    writable.resolve();
    open.reject(new Error("our program closed the connection during the handshake"));
    announce();
  }

  function takeLine(): string | undefined {
    const end = received.indexOf("\n");
    if (end < 0) {
      return undefined;
    }
    const line = received.toString("utf8", 0, end);
    received = received.subarray(end + 1);
    return line;
  }

  const handler: Bun.SocketHandler<unknown> = {
    handshake(connected) {
      socket = connected;
      address = `${LOOPBACK}:${connected.localPort}`;
      open.resolve();
    },
    data(_, bytes) {
      received = Buffer.concat([received, bytes]);
      announce();
    },
    drain: () => writable.resolve(),
    end: leave,
    error: () => undefined,
    close: leave,
  };

  const peer: HostilePeer = {
    async receive() {
      for (;;) {
        const line = takeLine();
        if (line !== undefined) {
          return line;
        }
        if (left) {
          throw new Error(`our program closed after ${JSON.stringify(received.toString())}`);
        }
        await waitFor(news.promise, () => "a line");
      }
    },
    async receiveAll() {
      while (!left) {
        await waitFor(news.promise, () => `a close, after ${JSON.stringify(received.toString())}`);
      }
      const lines = received.toString().split("\n");
      return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
    },
    async send(bytes) {
      let rest: Uint8Array = Buffer.from(bytes);
      while (rest.length > 0 && !left) {
        rest = rest.subarray(Math.max(0, socket?.write(rest) ?? 0));
        if (rest.length > 0) {
          writable = Promise.withResolvers();
          await waitFor(writable.promise, () => "a peer that reads");
        }
      }
    },
    finish: () => void socket?.shutdown(),
    reset: () => void socket?.terminate(),
    pause: () => void socket?.pause(),
    get left() {
      return left;
    },
    get address() {
      return address;
    },
  };
  return { peer, handler, open: open.promise };
}
