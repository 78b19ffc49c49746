/**
 * Asking: one message goes out, one line comes back within its limit, and so on until the
 * conversation is over.
 */

import { Alarm, timeoutFault } from "../deadline.ts";
import { Fault, toFault } from "../fault/fault.ts";
import { formatServerMessage, type ServerMessage } from "../wire/message.ts";
import { type LineChannel, type LineReader, TAKEN } from "./channel.ts";
import { type Observer, stepName, type Timeouts } from "./exchange.ts";

/** Yields what is to be asked, is given the answer to it, and throws what is wrong with that. */
type Conversation = Iterator<ServerMessage, void, string>;

export interface AskerOptions {
  readonly timeouts: Timeouts;
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
  readonly #over: PromiseWithResolvers<Fault | undefined>;
  /** What is being asked, or about to be; a server's first word is always the same. */
  #message: ServerMessage;
  /** Whether there is nothing more to ask. */
  #isDone: boolean;
  #step: string;
  /** When it was asked, for who watches. */
  #begun: number;

  constructor(conversation: Conversation, channel: LineChannel, options: AskerOptions) {
    this.#conversation = conversation;
    this.#channel = channel;
    this.#options = options;
    this.#alarm = new Alarm(() => channel.interrupt(this.#tooLate()));
    this.#over = Promise.withResolvers();
    this.#message = { type: "HELLO" };
    this.#isDone = false;
    this.#step = stepName(this.#message);
    this.#begun = 0;
  }

  /** The name of the last message that was asked; of the first, before that. */
  get step(): string {
    return this.#step;
  }

  /**
   * Resolves when the conversation is over, to what is wrong, if anything is: what the conversation
   * throws, a protocol fault for bytes that were sent ahead of a message, a timeout fault, and
   * whatever ends the channel's stream.
   */
  run(): Promise<Fault | undefined> {
    try {
      this.#goOn(this.#conversation.next());
    } catch (thrown) {
      this.#end(toFault(thrown));
    }
    return this.#over.promise;
  }

  #goOn(next: IteratorResult<ServerMessage, void>): void {
    if (next.done === true) {
      this.#isDone = true;
    } else {
      this.#message = next.value;
    }
    afterInput(this);
  }

  #end(fault?: Fault): void {
    this.#alarm.stop();
    this.#over.resolve(fault);
  }

  /** What had arrived is known. */
  takeTurn(): void {
    const channel = this.#channel;
    if (this.#isDone) {
      // Most clients hang up at once: what they have closed by now need not be closed by us.
      this.#end();
    } else if (channel.ready || channel.unread) {
      this.#endByWhatCameAhead();
    } else {
      this.#ask();
    }
  }

  #ask(): void {
    const channel = this.#channel;
    const message = this.#message;
    try {
      this.#step = stepName(message);
      const { observe } = this.#options;
      if (observe !== undefined) {
        this.#begun = performance.now();
        observe({ type: "asked", message });
      }
      this.#alarm.set(this.#limit());
      const sending = channel.send(formatServerMessage(message));
      if (sending === TAKEN) {
        channel.take(this);
      } else {
        sending.then(() => channel.take(this)).catch((thrown) => this.#end(toFault(thrown)));
      }
    } catch (thrown) {
      this.#end(toFault(thrown));
    }
  }

  /** The answer has come. */
  resolve(answer: string): void {
    try {
      this.#alarm.clear();
      const { observe } = this.#options;
      if (observe !== undefined) {
        const seconds = (performance.now() - this.#begun) / 1000;
        observe({ type: "answered", message: this.#message, answer, seconds });
      }
      this.#goOn(this.#conversation.next(answer));
    } catch (thrown) {
      this.#end(toFault(thrown));
    }
  }

  /** It will not come. */
  reject(fault: Fault): void {
    this.#end(fault);
  }

  /** The next message cannot be asked: the stream has ended, or somebody did not wait for it. */
  #endByWhatCameAhead(): void {
    const step = stepName(this.#message);
    const early = new Fault("sentAhead", { step });
    if (this.#channel.ready) {
      this.#channel.take({
        resolve: () => this.#end(early),
        reject: (ending) => this.#end(ending),
      });
    } else {
      this.#end(early);
    }
  }

  #limit(): number {
    const { work, other } = this.#options.timeouts;
    return this.#message.type === "WORK" ? work : other;
  }

  #tooLate(): Fault {
    return timeoutFault(`the answer to ${this.#step}`, this.#limit());
  }
}

let waiting: Asker[] = [];

/**
 * Gives it a turn once the event loop has delivered what had already arrived, so that bytes sent
 * ahead are seen before the line that would make them look like an answer. All sessions wait for the
 * same turn.
 */
function afterInput(asker: Asker): void {
  if (waiting.push(asker) === 1) {
    setImmediate(takeTurns);
  }
}

function takeTurns(): void {
  const due = waiting;
  waiting = [];
  for (const asker of due) {
    asker.takeTurn();
  }
}
