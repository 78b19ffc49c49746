/**
 * Our end of a connection, hostile: it receives lines, and sends any bytes.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { LineChannel } from "../conversation/channel.ts";
import { withTimeout } from "../deadline.ts";
import { toFault } from "../fault/fault.ts";
import { quoted } from "../fault/printable.ts";
import type { Manner } from "./rule.ts";

/** The next event on a connection with the program under test. */
export type Arrival =
  | { readonly type: "line"; readonly line: string }
  | { readonly type: "close" }
  | { readonly type: "silence" }
  /** Bytes that are no line of the protocol. */
  | { readonly type: "no line"; readonly reason: string };

export interface Peer {
  /** Returns the next line, or how none came within the time limit. */
  next(seconds: number): Promise<Arrival>;
  /** Sends the bytes, as far as the connection is still there. */
  send(bytes: string | Uint8Array, manner?: Manner): Promise<void>;
  /** Whether bytes came that were not received yet. */
  hasMore(): boolean;
  /** Ends our own stream; lines can still be received. */
  finish(): void;
  close(): void;
}

/** Milliseconds between two bytes: the longest line takes more than three minutes. */
const SLOWLY = 200;

interface Ends {
  readonly channel: LineChannel;
  readonly socket: Pick<Bun.Socket, "write" | "shutdown">;
  /** Ends every wait; its reason is thrown. */
  readonly signal: AbortSignal | undefined;
}

export function createPeer({ channel, socket, signal }: Ends): Peer {
  return {
    async next(seconds) {
      try {
        const deadline = { seconds, step: "the next line", signal };
        return { type: "line", line: await withTimeout(deadline, channel.receive()) };
      } catch (thrown) {
        signal?.throwIfAborted();
        const { family, message } = toFault(thrown);
        return family === "timeout"
          ? { type: "silence" }
          : family === "transport"
            ? { type: "close" }
            : { type: "no line", reason: message };
      }
    },
    async send(bytes, manner = "at once") {
      if (manner === "at once") {
        socket.write(bytes);
        return;
      }
      for (const byte of Buffer.from(bytes)) {
        // A closed connection takes no bytes.
        if (socket.write(Buffer.of(byte)) <= 0 || (manner === "slowly" && channel.ready)) {
          return;
        }
        await wait(manner === "slowly" ? SLOWLY : 0);
      }
    },
    hasMore: () => channel.unread,
    finish: () => void socket.shutdown(),
    close: () => channel.close(),
  };
}

/** Describes an arrival that was not due, for people. */
export function describe(arrival: Arrival, seconds: number): string {
  switch (arrival.type) {
    case "line":
      return quoted(arrival.line, MAX_SHOWN);
    case "close":
      return "a close";
    case "silence":
      return `nothing within ${seconds} s`;
    case "no line":
      return `bytes that break the protocol: ${arrival.reason}`;
  }
}

const MAX_SHOWN = 60;
