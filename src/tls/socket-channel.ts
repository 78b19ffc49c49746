/**
 * One TLS socket as a line channel. The owner of the socket's handlers passes its events on.
 */
import { type LineChannel, type LineReader, TAKEN } from "../conversation/channel.ts";
import { Inbox } from "../conversation/inbox.ts";
import { type Fault, oldFault } from "../fault/fault.ts";

// Every connection ends with one of these, so that they are not made anew each time.
const CLOSED = oldFault("transport", "the connection was closed");
const CLOSED_BY_PEER = oldFault("transport", "the peer closed the connection");

/** How long a closed connection may wait for its peer to close too, in seconds. */
const LINGER = 1;

/** Bytes of lines, inside TLS. */
export interface Traffic {
  readonly received: number;
  readonly sent: number;
}

/** What the system has not taken yet of the lines to send, and who waits for that. */
interface Backlog {
  unsent: Uint8Array;
  readonly taken: PromiseWithResolvers<void>;
}

/** A class, as all that each of many connections has: what a line needs of it lies in one place. */
export class SocketChannel implements LineChannel {
  /** So far. */
  readonly traffic: { received: number; sent: number };
  readonly #socket: Bun.Socket<unknown>;
  readonly #inbox: Inbox;
  readonly #gone: PromiseWithResolvers<void>;
  #backlog: Backlog | undefined;
  /** Until it is closed, by us or by others. */
  #isOpen: boolean;
  #lingering: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: Bun.Socket<unknown>) {
    this.traffic = { received: 0, sent: 0 };
    this.#socket = socket;
    this.#inbox = new Inbox();
    this.#gone = Promise.withResolvers();
    this.#backlog = undefined;
    this.#isOpen = true;
    this.#lingering = undefined;
  }

  /** Resolves when the socket is gone. */
  get closed(): Promise<void> {
    return this.#gone.promise;
  }

  get ready(): boolean {
    return this.#inbox.ready;
  }

  get unread(): boolean {
    return this.#inbox.unread;
  }

  send(line: string): Promise<void> {
    if (!this.#isOpen) {
      return Promise.reject(CLOSED);
    }
    const text = `${line}\n`;
    if (this.#backlog !== undefined) {
      // Only what follows an interrupted line: the rest of that must go first.
      this.#backlog = createBacklog([this.#backlog.unsent, Buffer.from(text)]);
      return this.#backlog.taken.promise;
    }
    const written = this.#write(text);
    if (written < 0) {
      return Promise.reject(CLOSED);
    }
    if (written < Buffer.byteLength(text)) {
      this.#backlog = createBacklog([Buffer.from(text).subarray(written)]);
      return this.#backlog.taken.promise;
    }
    return TAKEN;
  }

  receive(): Promise<string> {
    return this.#inbox.receive();
  }

  take(reader: LineReader): void {
    this.#inbox.take(reader);
  }

  arrival(): Promise<void> {
    return this.#inbox.arrival();
  }

  interrupt(fault: Fault): void {
    this.#inbox.end(fault);
    this.#backlog?.taken.reject(fault);
  }

  close(): void {
    if (!this.#isOpen) {
      return;
    }
    this.#isOpen = false;
    this.interrupt(CLOSED);
    // What still arrives is read and dropped: closing with input unread would reset the
    // connection, and could take our last line from the peer. (After `end` instead of `shutdown`,
    // the runtime would ignore `terminate`.)
    this.#socket.shutdown();
    this.#lingering = setTimeout(() => this.#socket.terminate(), LINGER * 1000);
  }

  onData(bytes: Uint8Array): void {
    this.traffic.received += bytes.length;
    this.#inbox.push(bytes);
  }

  onDrain(): void {
    if (this.#backlog === undefined || !this.#isOpen) {
      return;
    }
    const { unsent, taken } = this.#backlog;
    const written = this.#write(unsent);
    if (written < 0) {
      taken.reject(CLOSED);
      return;
    }
    this.#backlog.unsent = unsent.subarray(written);
    if (this.#backlog.unsent.length === 0) {
      this.#backlog = undefined;
      taken.resolve();
    }
  }

  /** The peer ended its stream, or the socket failed. */
  onEnd(fault: Fault = CLOSED_BY_PEER): void {
    this.#inbox.end(fault);
  }

  onClose(): void {
    this.#isOpen = false;
    clearTimeout(this.#lingering);
    this.#inbox.end(CLOSED_BY_PEER);
    this.#backlog?.taken.reject(CLOSED);
    this.#gone.resolve();
  }

  /** How many bytes the system took; below 0 when the connection is gone. */
  #write(data: string | Uint8Array): number {
    const written = this.#socket.write(data);
    this.traffic.sent += Math.max(0, written);
    return written;
  }
}

function createBacklog(pieces: readonly Uint8Array[]): Backlog {
  const taken = Promise.withResolvers<void>();
  // Its sender may have been interrupted and have stopped waiting.
  taken.promise.catch(() => {});
  return { unsent: Buffer.concat(pieces), taken };
}
