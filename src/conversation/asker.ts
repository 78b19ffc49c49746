/**
 * Asking: one message goes out, one line comes back within its limit, and so on until the
 * conversation is over.
 */
import { Fault } from "../fault.ts";
import { Alarm, timeoutFault } from "../limit.ts";
import { formatServerMessage, type ServerMessage } from "../wire/message.ts";
import { type LineChannel, type LineReader, TAKEN } from "./channel.ts";
import { type Limits, type Observer, stepName } from "./exchange.ts";

/** Yields what is to be asked, is given the answer to it, and throws what is wrong with that. */
export type Conversation = Iterator<ServerMessage, void, string>;

export interface AskerOptions {
  readonly limits: Limits;
  readonly observe?: Observer | undefined;
}

/**
 * Holds one conversation. A busy server does little else: no line costs it a promise, and what a line
 * needs lies in one place, as only a class keeps it.
 */
export class Asker implements LineReader {
  readonly #conversation: Conversation;
  readonly #channel: LineChannel;
  readonly #options: AskerOptions;
  readonly #alarm: Alarm;
  readonly #over: PromiseWithResolvers<void>;
  readonly #ask: () => void;
  /** What is being asked, or about to be; a server's first word is always the same. */
  #message: ServerMessage;
  #step: string;
  #begun: number;

  constructor(conversation: Conversation, channel: LineChannel, options: AskerOptions) {
    this.#conversation = conversation;
    this.#channel = channel;
    this.#options = options;
    this.#alarm = new Alarm(() => channel.interrupt(this.#tooLate()));
    this.#over = Promise.withResolvers();
    this.#ask = () => this.#askNow();
    this.#message = { type: "HELLO" };
    this.#step = stepName(this.#message);
    this.#begun = 0;
  }

  /** The name of the last message that was asked; of the first, before that. */
  get step(): string {
    return this.#step;
  }

  /**
   * Resolves when the conversation is over. Throws what it throws, a protocol fault for bytes that
   * were sent ahead of a message, a timeout fault, and whatever ends the channel's stream.
   */
  async run(): Promise<void> {
    try {
      this.#advance();
      await this.#over.promise;
    } finally {
      this.#alarm.stop();
    }
  }

  #advance(...answer: [] | [string]): void {
    const next = this.#conversation.next(...answer);
    if (next.done === true) {
      this.#over.resolve();
    } else {
      this.#message = next.value;
      afterInput(this.#ask);
    }
  }

  #askNow(): void {
    const channel = this.#channel;
    const message = this.#message;
    const { reject } = this.#over;
    if (channel.ready || channel.unread) {
      this.#whatCameAhead().then(reject, reject);
      return;
    }
    try {
      this.#step = stepName(message);
      this.#begun = performance.now();
      this.#options.observe?.({ type: "asked", message });
      this.#alarm.set(this.#limit());
      const sending = channel.send(formatServerMessage(message));
      if (sending === TAKEN) {
        channel.take(this);
      } else {
        sending.then(() => channel.take(this), reject);
      }
    } catch (thrown) {
      reject(thrown);
    }
  }

  /** The answer has come. */
  resolve(answer: string): void {
    try {
      this.#alarm.clear();
      const seconds = (performance.now() - this.#begun) / 1000;
      this.#options.observe?.({ type: "answered", message: this.#message, answer, seconds });
      this.#advance(answer);
    } catch (thrown) {
      this.#over.reject(thrown);
    }
  }

  /** It will not come. */
  reject(fault: Fault): void {
    this.#over.reject(fault);
  }

  /** Why the next message cannot be asked: the stream has ended, or somebody did not wait for it. */
  async #whatCameAhead(): Promise<Fault> {
    if (this.#channel.ready) {
      await this.#channel.receive(); // throws what ended the stream, if that is what is waiting
    }
    const step = stepName(this.#message);
    return new Fault("protocol", `bytes were sent ahead of ${step}; answer one line at a time`);
  }

  #limit(): number {
    const { work, other } = this.#options.limits;
    return this.#message.type === "WORK" ? work : other;
  }

  #tooLate(): Fault {
    return timeoutFault(`the answer to ${this.#step}`, this.#limit());
  }
}

let waiting: (() => void)[] = [];

/**
 * Does it once the event loop has delivered what had already arrived, so that bytes sent ahead are
 * seen before the line that would make them look like an answer. All sessions wait for the same turn.
 */
function afterInput(action: () => void): void {
  if (waiting.push(action) === 1) {
    setImmediate(takeTurn);
  }
}

function takeTurn(): void {
  const due = waiting;
  waiting = [];
  for (const action of due) {
    action();
  }
}

/** Resolves when that is so. */
export function inputTurn(): Promise<void> {
  return new Promise(afterInput);
}
