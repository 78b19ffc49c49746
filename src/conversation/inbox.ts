/**
 * The receiving half of a channel: bytes are pushed in, lines are received. It holds at most
 * `MAX_UNREAD_LINES` lines and the beginning of one more, so no peer can make it grow.
 */
import { Fault, toFault } from "../fault/fault.ts";
import { LineDecoder } from "../wire/line.ts";

/** A client may find the server's line and a FAIL waiting together; nothing allows a third line. */
const MAX_UNREAD_LINES = 2;

/** Faults of a close are made when they are thrown, because most never are. */
type Ending = Fault | "closed" | "closedByPeer";

export class Inbox {
  readonly #decoder = new LineDecoder();
  readonly #lines: string[] = [];
  #ending: Ending | undefined;
  #awaited: PromiseWithResolvers<void> | undefined;

  /** Whether `receive` would not have to wait. */
  get ready(): boolean {
    return this.#lines.length > 0 || this.hasEnded;
  }

  /** Whether there is a line, or the beginning of one. */
  get unread(): boolean {
    return this.#lines.length > 0 || this.#decoder.unfinished > 0;
  }

  /** Whether the stream has ended; further bytes are then ignored. */
  get hasEnded(): boolean {
    return this.#ending !== undefined;
  }

  /** Takes the next bytes of the stream. If they break a rule, that violation ends the stream. */
  push(bytes: Uint8Array): void {
    if (this.hasEnded) {
      return;
    }
    try {
      for (const line of this.#decoder.decode(bytes)) {
        if (this.#lines.length === MAX_UNREAD_LINES) {
          throw new Fault("severalLines", {});
        }
        this.#lines.push(line);
      }
    } catch (violation) {
      this.end(toFault(violation));
    }
    this.#announce();
  }

  /** Ends the stream; only the first end counts. */
  end(ending: Ending): void {
    this.#ending ??= ending;
    this.#announce();
  }

  /** Returns the next line; throws the fault that ended the stream once no line is left. */
  async receive(): Promise<string> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) {
        return line;
      }
      if (this.#ending !== undefined) {
        throw typeof this.#ending === "string" ? new Fault(this.#ending, {}) : this.#ending;
      }
      await this.arrival();
    }
  }

  /** Resolves, without taking anything, once `receive` would not have to wait. */
  arrival(): Promise<void> {
    if (this.ready) {
      return Promise.resolve();
    }
    this.#awaited ??= Promise.withResolvers();
    return this.#awaited.promise;
  }

  #announce(): void {
    if (this.ready) {
      this.#awaited?.resolve();
      this.#awaited = undefined;
    }
  }
}
