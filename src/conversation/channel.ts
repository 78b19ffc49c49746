import type { Fault } from "../fault/fault.ts";

/**
 * A connection as a conversation sees it: lines in, lines out. TLS sockets implement it, and so do
 * tests, in memory. It has no time limits; see `deadline.ts`.
 */
export interface LineChannel {
  /**
   * Sends one line, given without its `\n`. Resolves when the operating system has taken all of it.
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

  /** Closes the connection after everything that was sent. Never throws, and may be called twice. */
  close(): void;
}
