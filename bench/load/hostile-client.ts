/**
 * Clients that mean no good, one for each kind of harm that the load mixes among the good ones. What
 * the server says to each is for the hostile tests; here only its health counts.
 */
import type { Target } from "./client.ts";

type Harm = (socket: Bun.Socket<undefined>) => void;

/** What each kind does once it is connected: with TLS, after the handshake. */
const HARMS = {
  "closes at once": (socket) => socket.end(),
  "resets at once": (socket) => socket.terminate(),
  "sends a line that is no answer": (socket) => socket.write("GET / HTTP/1.1\n"),
  "sends a line without end": (socket) => socket.write("x".repeat(4096)),
  "sends bytes that are no text": (socket) => socket.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a])),
  "answers ahead": (socket) => socket.write("HELLOBACK\nA\nB\nC\n"),
  "begins a line and leaves": (socket) => {
    socket.write("HELLO");
    socket.end();
  },
} as const satisfies Readonly<Record<string, Harm>>;

export type Mischief = keyof typeof HARMS | "speaks no TLS" | "has no certificate";

export const MISCHIEFS: readonly Mischief[] = [
  ...(Object.keys(HARMS) as (keyof typeof HARMS)[]),
  "speaks no TLS",
  "has no certificate",
];

/** Does it, and resolves when the connection is gone. */
export function disturb({ port, tls }: Target, mischief: Mischief | undefined): Promise<void> {
  return new Promise((resolve) => {
    const socket: Bun.SocketHandler<undefined> = {
      open(opened) {
        if (mischief === "speaks no TLS") {
          opened.write("GET / HTTP/1.1\r\n\r\n");
        }
      },
      handshake(opened) {
        if (mischief !== undefined && mischief in HARMS) {
          HARMS[mischief as keyof typeof HARMS](opened);
        }
      },
      data() {},
      end(opened) {
        opened.end();
      },
      close: () => resolve(),
      error() {},
    };
    const { ca, serverName } = tls;
    const anonymous = { ca, serverName, rejectUnauthorized: true };
    const own = mischief === "has no certificate" ? { tls: anonymous } : { tls };
    const settings = mischief === "speaks no TLS" ? {} : own;
    Bun.connect({ hostname: "127.0.0.1", port, socket, data: undefined, ...settings }).catch(() =>
      resolve(),
    );
  });
}
