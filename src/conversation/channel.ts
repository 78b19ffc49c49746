import type { Fault } from "../fault/fault.ts";

/** What nearly every line comes to; who knows it need not wait for it. */
export const TAKEN = Promise.resolve();

/** Whom one line is handed to, or what ended the stream before it. */
export interface LineReader {
  resolve(line: string): void;
  reject(fault: Fault): void;
}

/**
 * What a conversation needs of a connection: lines in, lines out. TLS sockets implement it, and so
 * do tests, in memory. Time limits are not its business (see `limit.ts`).
 */
export interface LineChannel {
  /**
   * Sends one line (given without its `\n`); resolves when the operating system has taken it, and is
   * `TAKEN` when it took it at once. Throws a transport fault when the connection is gone.
   */
  send(line: string): Promise<void>;

  /**
   * The next line, in the order of arrival. Throws, once the lines before it are taken, what ended
   * the stream: a protocol fault for bytes that are no line, a transport fault for a close.
   */
  receive(): Promise<string>;

  /** The same without a promise: hands it over as soon as it is there, which may be at once. */
  take(reader: LineReader): void;

  /** Resolves, without taking anything, once `receive` would not have to wait. */
  arrival(): Promise<void>;

  /** Whether `receive` would not have to wait. */
  readonly ready: boolean;

  /** Whether anything arrived that was not taken: a line, or the beginning of one. */
  readonly unread: boolean;

  /**
   * Ends our own waiting: whoever waits to send or to receive, and whoever receives later, gets this
   * fault. What is sent later is sent.
   */
  interrupt(fault: Fault): void;

  /** Closes the connection, after what was sent; never throws, and may be called twice. */
  close(): void;
}
