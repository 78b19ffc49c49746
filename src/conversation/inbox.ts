/**
 * The receiving half of a channel: bytes are pushed in, lines are taken out. It holds at most
 * `MAX_UNREAD_LINES` lines and the beginning of one more, so no peer can make it grow.
 */
import { Fault } from "../fault.ts";
import { createLineDecoder } from "../wire/line.ts";

/**
 * The answerer may find the asker's line and a FAIL out of turn waiting together; any third line
 * is a violation by either side.
 */
const MAX_UNREAD_LINES = 2;

export interface Inbox {
  /** Takes the next bytes; ignored after `end` or a violation. */
  push(bytes: Uint8Array): void;
  /** Ends the stream; only the first end counts. */
  end(fault: Fault): void;
  receive(): Promise<string>;
  arrival(): Promise<void>;
  readonly ready: boolean;
  readonly unread: boolean;
}

export function createInbox(): Inbox {
  const decoder = createLineDecoder();
  const lines: string[] = [];
  let ending: Fault | undefined;
  let reader: PromiseWithResolvers<string> | undefined;
  let watcher: PromiseWithResolvers<void> | undefined;

  function push(bytes: Uint8Array): void {
    if (ending !== undefined) {
      return;
    }
    const room = MAX_UNREAD_LINES - lines.length;
    const { lines: decoded, violation } = decoder.push(bytes, room);
    decoded.forEach(deliver);
    if (violation !== undefined) {
      end(violation);
    }
  }

  function deliver(line: string): void {
    if (reader === undefined) {
      lines.push(line);
      notify();
    } else {
      reader.resolve(line);
      reader = undefined;
    }
  }

  function end(fault: Fault): void {
    ending ??= fault;
    reader?.reject(ending);
    reader = undefined;
    notify();
  }

  function notify(): void {
    watcher?.resolve();
    watcher = undefined;
  }

  function isReady(): boolean {
    return lines.length > 0 || ending !== undefined;
  }

  function receive(): Promise<string> {
    const line = lines.shift();
    if (line !== undefined) {
      return Promise.resolve(line);
    }
    if (ending !== undefined) {
      return Promise.reject(ending);
    }
    if (reader !== undefined) {
      return Promise.reject(new Fault("internal", "two readers wait for one line"));
    }
    reader = Promise.withResolvers();
    return reader.promise;
  }

  async function arrival(): Promise<void> {
    if (!isReady()) {
      watcher ??= Promise.withResolvers();
      await watcher.promise;
    }
  }

  return {
    push,
    end,
    receive,
    arrival,
    get ready() {
      return isReady();
    },
    get unread() {
      return lines.length > 0 || decoder.unfinished > 0;
    },
  };
}
