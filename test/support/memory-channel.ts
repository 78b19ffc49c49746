/**
 * A line channel in memory, of which the test is the peer.
 */
import type { LineChannel } from "../../src/conversation/channel.ts";
import { Inbox } from "../../src/conversation/inbox.ts";
import { Fault } from "../../src/fault/fault.ts";

export interface MemoryChannel {
  readonly channel: LineChannel;
  /** Bytes from the peer; text is sent as UTF-8, without a newline of its own. */
  deliver(bytes: Uint8Array | string): void;
  /** Closes the channel on the peer's side. */
  hangUp(): void;
  /** Returns the next line that our side sends. */
  sent(): Promise<string>;
  /** Every line sent so far. */
  readonly transcript: readonly string[];
  readonly isClosed: () => boolean;
}

/**
 * Creates a channel in memory.
 *
 * @param options.stuckAfter the number of lines after which the peer no longer reads
 */
export function createMemoryChannel({
  stuckAfter = Number.POSITIVE_INFINITY,
}: {
  stuckAfter?: number | undefined;
} = {}): MemoryChannel {
  const inbox = new Inbox();
  const transcript: string[] = [];
  let taken = 0;
  let arrived = Promise.withResolvers<void>();
  let closed = false;
  const stuck = Promise.withResolvers<never>();
  stuck.promise.catch(() => {});

  const channel: LineChannel = {
    async send(line) {
      if (closed) {
        throw new Fault("closed", {});
      }
      if (transcript.length >= stuckAfter) {
        await stuck.promise;
      }
      transcript.push(line);
      arrived.resolve();
    },
    receive: () => inbox.receive(),
    arrival: () => inbox.arrival(),
    get ready() {
      return inbox.ready;
    },
    get unread() {
      return inbox.unread;
    },
    interrupt(fault) {
      inbox.end(fault);
      stuck.reject(fault);
    },
    close() {
      closed = true;
      inbox.end("closed");
      arrived.resolve();
    },
  };

  return {
    channel,
    transcript,
    deliver: (bytes) => inbox.push(typeof bytes === "string" ? Buffer.from(bytes) : bytes),
    hangUp: () => inbox.end("closedByPeer"),
    isClosed: () => closed,
    async sent() {
      while (taken === transcript.length) {
        if (closed) {
          throw new Error("our side closed without sending another line");
        }
        arrived = Promise.withResolvers();
        await arrived.promise;
      }
      const line = transcript[taken];
      taken += 1;
      return line ?? "";
    },
  };
}
