/**
 * One TLS socket as a line channel. The owner of the socket's handlers passes its events on.
 */
import type { LineChannel } from "../conversation/channel.ts";
import { createInbox } from "../conversation/inbox.ts";
import { Fault } from "../fault.ts";

// Every connection ends with one of these, so that they are not made anew each time.
const CLOSED = new Fault("transport", "the connection was closed");
const CLOSED_BY_PEER = new Fault("transport", "the peer closed the connection");

// What nearly every line comes to: the system takes it at once.
const TAKEN = Promise.resolve();

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
  onEnd(fault?: Fault): void;
  onClose(): void;
}

/** What the system has not taken yet of the lines to send, and who waits for that. */
interface Backlog {
  unsent: Uint8Array;
  readonly taken: PromiseWithResolvers<void>;
}

export function createSocketChannel(socket: Bun.Socket<unknown>): SocketChannel {
  const inbox = createInbox();
  const traffic = { received: 0, sent: 0 };
  const gone = Promise.withResolvers<void>();
  let backlog: Backlog | undefined;
  let closing = false;
  let open = true;

  function send(line: string): Promise<void> {
    if (closing || !open) {
      return Promise.reject(CLOSED);
    }
    const text = `${line}\n`;
    if (backlog !== undefined) {
      // Only what follows an interrupted line: the rest of that must go first.
      backlog = createBacklog([backlog.unsent, Buffer.from(text)]);
      return backlog.taken.promise;
    }
    const written = write(text);
    if (written < 0) {
      return Promise.reject(CLOSED);
    }
    if (written < Buffer.byteLength(text)) {
      backlog = createBacklog([Buffer.from(text).subarray(written)]);
      return backlog.taken.promise;
    }
    return TAKEN;
  }

  /** How many bytes the system took; below 0 when the connection is gone. */
  function write(data: string | Uint8Array): number {
    const written = socket.write(data);
    traffic.sent += Math.max(0, written);
    return written;
  }

  function onDrain(): void {
    if (backlog === undefined || closing || !open) {
      return;
    }
    const { unsent, taken } = backlog;
    const written = write(unsent);
    if (written < 0) {
      taken.reject(CLOSED);
      return;
    }
    backlog.unsent = unsent.subarray(written);
    if (backlog.unsent.length === 0) {
      backlog = undefined;
      taken.resolve();
    }
  }

  function interrupt(fault: Fault): void {
    inbox.end(fault);
    backlog?.taken.reject(fault);
  }

  function close(): void {
    if (closing || !open) {
      return;
    }
    closing = true;
    interrupt(CLOSED);
    // What still arrives is read and dropped: closing with input unread would reset the
    // connection, and could take our last line from the peer. (After `end` instead of `shutdown`,
    // the runtime would ignore `terminate`.)
    socket.shutdown();
    const timer = setTimeout(() => socket.terminate(), LINGER * 1000);
    gone.promise.then(() => clearTimeout(timer));
  }

  return {
    send,
    interrupt,
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
    onDrain,
    onEnd: (fault = CLOSED_BY_PEER) => inbox.end(fault),
    onClose() {
      open = false;
      inbox.end(CLOSED_BY_PEER);
      backlog?.taken.reject(CLOSED);
      gone.resolve();
    },
  };
}

function createBacklog(pieces: readonly Uint8Array[]): Backlog {
  const taken = Promise.withResolvers<void>();
  // Its sender may have been interrupted and have stopped waiting.
  taken.promise.catch(() => {});
  return { unsent: Buffer.concat(pieces), taken };
}
