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
  let arrived = Promise.withResolvers<void>();

  function push(bytes: Uint8Array): void {
    if (ending !== undefined) {
      return;
    }
    const room = MAX_UNREAD_LINES - lines.length;
    const { lines: decoded, violation } = decoder.push(bytes, room);
    lines.push(...decoded);
    if (decoded.length > 0) {
      arrived.resolve();
    }
    if (violation !== undefined) {
      end(violation);
    }
  }

  function end(fault: Fault): void {
    ending ??= fault;
    arrived.resolve();
  }

  function isReady(): boolean {
    return lines.length > 0 || ending !== undefined;
  }

  async function receive(): Promise<string> {
    await arrived.promise;
    const line = lines.shift();
    if (line === undefined) {
      throw ending ?? new Fault("internal", "two readers wait for one line");
    }
    if (!isReady()) {
      arrived = Promise.withResolvers();
    }
    return line;
  }

  return {
    push,
    end,
    receive,
    arrival: () => arrived.promise,
    get ready() {
      return isReady();
    },
    get unread() {
      return lines.length > 0 || decoder.unfinished > 0;
    },
  };
}
