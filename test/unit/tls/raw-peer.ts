/**
 * A peer that speaks TLS but no lines: a test decides what it writes, when it reads and how it
 * leaves. It can be the client or the server.
 */
import type { LineChannel } from "../../../src/conversation/channel.ts";
import type { Credentials } from "../../support/certificates.ts";
import { waitFor } from "../../support/processes.ts";
import { dial, LOOPBACK, startListener } from "./ends.ts";

export interface RawPeer {
  write(text: string): void;
  /** Writes lines as fast as the other side reads, also after that has closed its half. */
  flood(): void;
  /** Ends its stream with close_notify. */
  end(): void;
  reset(): void;
  pause(): void;
  resume(): void;
  /** How many bytes it has read. */
  readonly length: number;
  /** The SHA-256 of the bytes that it has read, in hexadecimal. */
  digest(): string;
  /** The text that it has read, up to `SHOWN_LENGTH`. */
  readonly text: string;
  /** Resolves when it has read `length` bytes in all. */
  read(length: number): Promise<void>;
  /** Resolves when its connection is gone. */
  readonly closed: Promise<void>;
}

export interface Meeting extends Disposable {
  readonly channel: LineChannel;
  readonly closed: Promise<void>;
  readonly peer: RawPeer;
}

/** Makes a connection between our channel and a raw peer, by our side's role. */
export const MEETINGS: Readonly<Record<string, (credentials: Credentials) => Promise<Meeting>>> = {
  "of an accepted connection": meetClient,
  "of a connection that we made": meetServer,
};

const SHOWN_LENGTH = 2000;

async function meetClient(credentials: Credentials): Promise<Meeting> {
  const listener = startListener(credentials);
  const { handler, peer, opened } = createRawPeer();
  await Bun.connect({
    hostname: LOOPBACK,
    port: listener.port,
    allowHalfOpen: true,
    tls: { ...credentials.client, rejectUnauthorized: false },
    socket: handler,
  });
  const [{ channel, closed }] = await Promise.all([listener.accepted.next(), opened]);
  return { channel, closed, peer, [Symbol.dispose]: () => leave(peer, listener.stop) };
}

async function meetServer(credentials: Credentials): Promise<Meeting> {
  const { handler, peer, opened } = createRawPeer();
  const listener = Bun.listen({
    hostname: LOOPBACK,
    port: 0,
    allowHalfOpen: true,
    tls: { ...credentials.server },
    socket: handler,
  });
  const [{ channel, closed }] = await Promise.all([dial(credentials, listener.port), opened]);
  return { channel, closed, peer, [Symbol.dispose]: () => leave(peer, () => listener.stop(true)) };
}

function leave(peer: RawPeer, stop: () => void): void {
  peer.reset();
  stop();
}

function createRawPeer() {
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const hasher = new Bun.CryptoHasher("sha256");
  let socket: Bun.Socket<undefined> | undefined;
  let length = 0;
  let text = "";
  let news = Promise.withResolvers<void>();
  let flooding: (() => void) | undefined;

  const handler: Bun.SocketHandler<undefined> = {
    handshake(connected) {
      socket = connected;
      opened.resolve();
    },
    data(_, bytes) {
      hasher.update(bytes);
      length += bytes.length;
      if (text.length < SHOWN_LENGTH) {
        text += bytes.toString("latin1");
      }
      news.resolve();
      news = Promise.withResolvers();
    },
    drain: () => flooding?.(),
    end(ended) {
      if (flooding === undefined) {
        ended.end();
      }
    },
    error: () => undefined,
    close: () => closed.resolve(),
  };

  const peer: RawPeer = {
    write: (words) => void socket?.write(words),
    flood() {
      const line = Buffer.alloc(65_536, `${"x".repeat(100)}\n`);
      flooding = () => {
        while ((socket?.write(line) ?? 0) > 0) {}
      };
      flooding();
    },
    end: () => void socket?.end(),
    reset: () => void socket?.terminate(),
    pause: () => void socket?.pause(),
    resume: () => void socket?.resume(),
    get length() {
      return length;
    },
    get text() {
      return text;
    },
    digest: () => hasher.copy().digest("hex"),
    async read(wanted) {
      while (length < wanted) {
        await waitFor(news.promise, () => `${wanted} bytes, of which ${length} came`);
      }
    },
    closed: closed.promise,
  };
  return { handler, peer, opened: opened.promise };
}
