import type { Fault } from "../fault/fault.ts";

/**
 * A connection, as a conversation uses one: lines in, lines out. There is one over TLS sockets, and
 * one in memory for tests. It has no time limits; see `deadline.ts`.
 */
export interface LineChannel {
  /**
   * Sends one line, given without its `\n`. Resolves when the operating system has taken it all.
   *
   * @throws {Fault} "transport" when the connection is gone
   */
  send(line: string): Promise<void>;

  /**
   * Returns the next line, in the order of arrival. After the end of the stream it still returns
   * the lines that came before.
   *
   * @throws {Fault} "protocol" where the peer sent bytes that are no line, "transport" for a close
   */
  receive(): Promise<string>;

  /** Resolves, without taking anything, once `receive` would not have to wait. */
  arrival(): Promise<void>;

  /** Whether `receive` would not have to wait. */
  readonly ready: boolean;

  /** Whether there is input that was not received: a line, or the beginning of one. */
  readonly unread: boolean;

  /**
   * Ends our own waiting: `send` and `receive` throw this fault if they wait, and so does every
   * later `receive` once no line is left. Lines can still be sent.
   */
  interrupt(fault: Fault): void;

  /** Closes the connection after the lines that were sent. Never throws; may be called twice. */
  close(): void;
}
