/**
 * A peer over real TLS that says, byte for byte, what it is told, and leaves as rudely as it is
 * told. What it says honestly was written from the protocol page, not from our program.
 */
import type { Credentials } from "./certificates.ts";
import { patiently } from "./processes.ts";

export const LOOPBACK = "127.0.0.1";

export interface Rogue {
  /** The next line, without its `\n`; throws when the other side closes before. */
  hear(): Promise<string>;
  /** All further lines, once the other side has closed; the last may be incomplete. */
  hearOut(): Promise<readonly string[]>;
  /** Resolves when the operating system has it all; what a gone peer cannot take is lost. */
  say(bytes: string | Uint8Array): Promise<void>;
  /** Ends its own stream as TLS wants it; `hearOut` still hears. */
  finish(): void;
  /** Closes with a TCP reset. */
  reset(): void;
  /** Stops reading. */
  pause(): void;
  /** Whether the other side has ended its stream. */
  readonly left: boolean;
  /** Its own address as the other side sees it. */
  readonly address: string;
}

export interface RogueServer extends Disposable {
  readonly port: number;
}

/** What every honest peer would answer to the server's line. */
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
export async function connectRogue({ client }: Credentials, port: number): Promise<Rogue> {
  const { rogue, handler, open } = createRogue();
  const tls = { ...client, rejectUnauthorized: false };
  await Bun.connect({ hostname: LOOPBACK, port, tls, socket: handler });
  await patiently(open, () => "a TLS handshake");
  return rogue;
}

/** Serves everybody who comes in the same way. */
export function serveRogue(
  { authority, server }: Credentials,
  serve: (rogue: Rogue) => Promise<void>,
): RogueServer {
  type Data = { readonly rogue: Rogue; readonly handler: Bun.SocketHandler<unknown> };
  const listener = Bun.listen<Data | undefined>({
    hostname: LOOPBACK,
    port: 0,
    tls: { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
    socket: {
      open(socket) {
        const { rogue, handler, open } = createRogue();
        socket.data = { rogue, handler };
        open.then(() => serve(rogue)).catch(() => rogue.reset());
      },
      handshake: (socket, ok, error) => socket.data?.handler.handshake?.(socket, ok, error),
      data: (socket, bytes) => socket.data?.handler.data?.(socket, bytes),
      drain: (socket) => socket.data?.handler.drain?.(socket),
      end: (socket) => socket.data?.handler.end?.(socket),
      error: () => undefined,
      close: (socket) => socket.data?.handler.close?.(socket),
    },
  });
  return { port: listener.port, [Symbol.dispose]: () => listener.stop(true) };
}

function createRogue() {
  const open = Promise.withResolvers<void>();
  let news = Promise.withResolvers<void>();
  let writable = Promise.withResolvers<void>();
  let socket: Bun.Socket<unknown> | undefined;
  let address = "";
  let heard = Buffer.alloc(0);
  let left = false;

  function announce(): void {
    news.resolve();
    news = Promise.withResolvers();
  }

  function leave(): void {
    left = true;
    writable.resolve();
    open.reject(new Error("the other side closed the connection during the handshake"));
    announce();
  }

  function takeLine(): string | undefined {
    const end = heard.indexOf("\n");
    if (end < 0) {
      return undefined;
    }
    const line = heard.toString("utf8", 0, end);
    heard = heard.subarray(end + 1);
    return line;
  }

  const handler: Bun.SocketHandler<unknown> = {
    handshake(connected) {
      socket = connected;
      address = `${LOOPBACK}:${connected.localPort}`;
      open.resolve();
    },
    data(_, bytes) {
      heard = Buffer.concat([heard, bytes]);
      announce();
    },
    drain: () => writable.resolve(),
    end: leave,
    error: () => undefined,
    close: leave,
  };

  const rogue: Rogue = {
    async hear() {
      for (;;) {
        const line = takeLine();
        if (line !== undefined) {
          return line;
        }
        if (left) {
          throw new Error(`the other side closed after ${JSON.stringify(heard.toString())}`);
        }
        await patiently(news.promise, () => "a line");
      }
    },
    async hearOut() {
      while (!left) {
        await patiently(news.promise, () => `a close, after ${JSON.stringify(heard.toString())}`);
      }
      const lines = heard.toString().split("\n");
      return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
    },
    async say(bytes) {
      let rest: Uint8Array = Buffer.from(bytes);
      while (rest.length > 0 && !left) {
        rest = rest.subarray(Math.max(0, socket?.write(rest) ?? 0));
        if (rest.length > 0) {
          writable = Promise.withResolvers();
          await patiently(writable.promise, () => "a peer that reads");
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
  return { rogue, handler, open: open.promise };
}
