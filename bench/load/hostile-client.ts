/**
 * Hostile clients that the load mixes among the good ones. The hostile tests check the server's
 * replies to them; the load only checks that the server stays healthy.
 */
import type { Target } from "./client.ts";

type Attack = (socket: Bun.Socket<undefined>) => void;

/** Attacks that begin after the TLS handshake. */
const ATTACKS_AFTER_HANDSHAKE = {
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
} as const satisfies Readonly<Record<string, Attack>>;

type AttackAfterHandshake = keyof typeof ATTACKS_AFTER_HANDSHAKE;
export type AttackName = AttackAfterHandshake | "speaks no TLS" | "has no certificate";

export const ATTACKS: readonly AttackName[] = [
  ...(Object.keys(ATTACKS_AFTER_HANDSHAKE) as AttackAfterHandshake[]),
  "speaks no TLS",
  "has no certificate",
];

/** Connects and attacks. Resolves when the connection is closed. */
export function attackServer({ port, tls }: Target, name: AttackName | undefined): Promise<void> {
  return new Promise((resolve) => {
    const socket: Bun.SocketHandler<undefined> = {
      open(opened) {
        if (name === "speaks no TLS") {
          opened.write("GET / HTTP/1.1\r\n\r\n");
        }
      },
      handshake(opened) {
        if (name !== undefined && name in ATTACKS_AFTER_HANDSHAKE) {
          ATTACKS_AFTER_HANDSHAKE[name as AttackAfterHandshake](opened);
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
    const withTls = { tls: name === "has no certificate" ? anonymous : tls };
    const settings = name === "speaks no TLS" ? {} : withTls;
    Bun.connect({ hostname: "127.0.0.1", port, socket, data: undefined, ...settings }).catch(() =>
      resolve(),
    );
  });
}
