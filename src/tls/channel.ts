/**
 * One TLS socket as a line channel. The owner of the socket's handlers passes its events on.
 */
import type { LineChannel } from "../conversation/channel.ts";
import { createInbox } from "../conversation/inbox.ts";
import { Fault } from "../fault.ts";

/** How long a closed connection may wait for its peer to close too, in seconds. */
const LINGER = 1;

/** Bytes of lines, inside TLS. */
export interface Traffic {
  readonly received: number;
  readonly sent: number;
}

export interface SocketChannel extends LineChannel {
  /** So far. */
  readonly traffic: Traffic;
  /** Resolves when the socket is gone. */
  readonly closed: Promise<void>;
  onData(bytes: Uint8Array): void;
  onDrain(): void;
  /** The peer ended its stream, or the socket failed. */
  onEnd(fault: Fault): void;
  onClose(): void;
}

export function createSocketChannel(socket: Bun.Socket<unknown>): SocketChannel {
  const inbox = createInbox();
  const traffic = { received: 0, sent: 0 };
  const gone = Promise.withResolvers<void>();
  let writable = Promise.withResolvers<void>();
  let closing = false;
  let open = true;

  async function send(line: string): Promise<void> {
    let rest: Uint8Array = Buffer.from(`${line}\n`);
    while (rest.length > 0) {
      const written = open && !closing ? socket.write(rest) : -1;
      if (written < 0) {
        throw new Fault("transport", "the connection was closed");
      }
      traffic.sent += written;
      rest = rest.subarray(written);
      if (rest.length > 0) {
        writable = Promise.withResolvers();
        await writable.promise;
      }
    }
  }

  function close(): void {
    if (closing || !open) {
      return;
    }
    closing = true;
    inbox.end(new Fault("transport", "the connection was closed"));
    // What still arrives is read and dropped: closing with input unread would reset the
    // connection, and could take our last line from the peer. (After `end` instead of `shutdown`,
    // the runtime would ignore `terminate`.)
    socket.shutdown();
    const timer = setTimeout(() => socket.terminate(), LINGER * 1000);
    gone.promise.then(() => clearTimeout(timer));
  }

  return {
    send,
    close,
    receive: inbox.receive,
    arrival: inbox.arrival,
    get ready() {
      return inbox.ready;
    },
    get unread() {
      return inbox.unread;
    },
    traffic,
    closed: gone.promise,
    onData(bytes) {
      traffic.received += bytes.length;
      inbox.push(bytes);
    },
    onDrain: () => writable.resolve(),
    onEnd: inbox.end,
    onClose() {
      open = false;
      inbox.end(new Fault("transport", "the peer closed the connection"));
      writable.resolve();
      gone.resolve();
    },
  };
}
