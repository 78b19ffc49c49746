/**
 * The receiving half of a channel: bytes are pushed in, lines are taken out. It holds at most
 * `MAX_UNREAD_LINES` lines and the beginning of one more, so no peer can make it grow.
 */
import { Fault } from "../fault/fault.ts";
import { LineDecoder } from "../wire/line.ts";
import type { LineReader } from "./channel.ts";

/**
 * The answerer may find the asker's line and a FAIL out of turn waiting together; any third line
 * is a violation by either side.
 */
const MAX_UNREAD_LINES = 2;

/** A class, as all that each of many connections has: what a line needs of it lies in one place. */
export class Inbox {
  readonly #decoder: LineDecoder;
  readonly #lines: string[];
  #ending: Fault | undefined;
  #reader: LineReader | undefined;
  #watcher: PromiseWithResolvers<void> | undefined;

  constructor() {
    this.#decoder = new LineDecoder();
    this.#lines = [];
    this.#ending = undefined;
    this.#reader = undefined;
    this.#watcher = undefined;
  }

  get ready(): boolean {
    return this.#lines.length > 0 || this.#ending !== undefined;
  }

  get unread(): boolean {
    return this.#lines.length > 0 || this.#decoder.unfinished > 0;
  }

  /** Takes the next bytes; ignored after `end` or a violation. */
  push(bytes: Uint8Array): void {
    if (this.#ending !== undefined) {
      return;
    }
    const violation = this.#decoder.push(bytes, this.#lines, MAX_UNREAD_LINES);
    this.#deliver();
    if (violation !== undefined) {
      this.end(violation);
    }
  }

  /** Ends the stream; only the first end counts. */
  end(fault: Fault): void {
    this.#ending ??= fault;
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.reject(this.#ending);
    this.#notify();
  }

  take(reader: LineReader): void {
    const line = this.#lines.shift();
    if (line !== undefined) {
      reader.resolve(line);
    } else if (this.#ending !== undefined) {
      reader.reject(this.#ending);
    } else if (this.#reader !== undefined) {
      reader.reject(new Fault("twoReaders", {}));
    } else {
      this.#reader = reader;
    }
  }

  receive(): Promise<string> {
    return new Promise((resolve, reject) => this.take({ resolve, reject }));
  }

  async arrival(): Promise<void> {
    if (!this.ready) {
      this.#watcher ??= Promise.withResolvers();
      await this.#watcher.promise;
    }
  }

  /** The first line is for the reader, if there is one; whoever watches is told of the others. */
  #deliver(): void {
    if (this.#reader !== undefined) {
      const line = this.#lines.shift();
      if (line !== undefined) {
        const reader = this.#reader;
        this.#reader = undefined;
        reader.resolve(line);
      }
    }
    if (this.#lines.length > 0) {
      this.#notify();
    }
  }

  #notify(): void {
    this.#watcher?.resolve();
    this.#watcher = undefined;
  }
}
