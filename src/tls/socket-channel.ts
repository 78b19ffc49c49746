/**
 * One TLS socket as a line channel. The owner of the socket's handlers passes its events on.
 */
import type { LineChannel } from "../conversation/channel.ts";
import { Inbox } from "../conversation/inbox.ts";
import { withTimeout } from "../deadline.ts";
import { Fault } from "../fault/fault.ts";

/** How long a closed connection waits for its peer to close too, before it is cut; in seconds. */
const LINGER_TIMEOUT = 1;

/** Bytes of input that are read and dropped once no further line will be received. */
const MAX_DROPPED_INPUT = 64 * 1024;

/** Bytes of lines, inside TLS. */
export interface Traffic {
  readonly received: number;
  readonly sent: number;
}

/** A class instead of closures: one allocation per connection. */
export class SocketChannel implements LineChannel {
  /** So far. */
  readonly traffic = { received: 0, sent: 0 };
  readonly #socket: Bun.Socket<unknown>;
  readonly #inbox = new Inbox();
  readonly #gone = Promise.withResolvers<void>();
  /** The rest of the lines to send, which the system has not taken yet. */
  #unsent: Uint8Array = Buffer.alloc(0);
  /** Resolves when that rest is taken, and rejects when it never will be. */
  #drained: PromiseWithResolvers<void> | undefined;
  /** Until either side closes. */
  #isOpen = true;
  #dropped = 0;

  constructor(socket: Bun.Socket<unknown>) {
    this.#socket = socket;
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

  async send(line: string): Promise<void> {
    if (!this.#isOpen) {
      throw new Fault("closed", {});
    }
    const text = `${line}\n`;
    if (this.#unsent.length > 0) {
      // The system is full: `onDrain` sends the text after the lines that came before it.
      this.#unsent = Buffer.concat([this.#unsent, Buffer.from(text)]);
    } else {
      const written = this.#write(text);
      if (written === Buffer.byteLength(text)) {
        return;
      }
      this.#unsent = Buffer.from(text).subarray(written);
    }
    this.#drained ??= Promise.withResolvers();
    await this.#drained.promise;
  }

  receive(): Promise<string> {
    return this.#inbox.receive();
  }

  arrival(): Promise<void> {
    return this.#inbox.arrival();
  }

  interrupt(fault: Fault): void {
    this.#inbox.end(fault);
    this.#drained?.reject(fault);
    this.#drained = undefined;
  }

  close(): void {
    if (!this.#isOpen) {
      return;
    }
    this.#stop("closed");
    // Input that still arrives is read and dropped: closing with input unread would reset the
    // connection, and could take our last line from the peer. (After `end` instead of `shutdown`,
    // the runtime would ignore `terminate`.)
    this.#socket.shutdown();
    withTimeout({ seconds: LINGER_TIMEOUT, step: "the peer's close" }, this.closed).catch(() =>
      this.#socket.terminate(),
    );
  }

  onData(bytes: Uint8Array): void {
    this.traffic.received += bytes.length;
    if (this.#inbox.hasEnded) {
      this.#drop(bytes);
    } else {
      this.#inbox.push(bytes);
    }
  }

  onDrain(): void {
    if (!this.#isOpen || this.#unsent.length === 0) {
      return;
    }
    try {
      this.#unsent = this.#unsent.subarray(this.#write(this.#unsent));
    } catch (fault) {
      this.#drained?.reject(fault);
    }
    if (this.#unsent.length === 0) {
      this.#drained?.resolve();
      this.#drained = undefined;
    }
  }

  /** Must be called when the socket failed, or the peer ended its stream. */
  onEnd(ending: Fault | "closedByPeer" = "closedByPeer"): void {
    this.#inbox.end(ending);
  }

  onClose(): void {
    this.#stop("closedByPeer");
    this.#gone.resolve();
  }

  /** Returns how many bytes the system took. Throws a transport fault if the connection is gone. */
  #write(data: string | Uint8Array): number {
    const written = this.#socket.write(data);
    if (written < 0) {
      throw new Fault("closed", {});
    }
    this.traffic.sent += written;
    return written;
  }

  /** Nothing is sent or received from now on. */
  #stop(ending: "closed" | "closedByPeer"): void {
    this.#isOpen = false;
    this.#inbox.end(ending);
    this.#drained?.reject(new Fault("closed", {}));
  }

  /** Drops input that will not be received, and stops reading when it is too much. */
  #drop(bytes: Uint8Array): void {
    this.#dropped += bytes.length;
    if (this.#dropped > MAX_DROPPED_INPUT) {
      // The peer can still read our last line, until the connection is cut.
      this.#socket.pause();
    }
  }
}
