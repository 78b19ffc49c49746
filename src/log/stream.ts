/**
 * The log's stream, which nobody may read: a terminal that was stopped, a pipe that its owner
 * forgot, a collector that hangs. Whoever logs does not wait for them.
 */
import { writeAll } from "../io/write-all.ts";
import { openWriter, type Writer } from "../io/writer.ts";

export interface LogStream {
  /** Writes a line, which ends in a newline, if it can; at once, or later and in order. */
  write(line: string): void;
  /** Writes what still waits, for as long as a reader is worth waiting for. */
  close(): void;
}

/** How much may wait for the reader, in bytes. */
const CAPACITY = 1024 * 1024;

/** How often the reader is looked after, in milliseconds; and after how many bytes for it. */
const PAUSE = 50;
const MANY = 32 * 1024;

/** How long a reader is waited for at the end, and in which steps, in milliseconds. */
const LAST_CHANCE = 1000;
const STEP = 5;

/** What a pipe takes as a whole or not at all, in bytes: nobody else's text gets into a line. */
const WHOLE = 4096;
const NEWLINE = 0x0a;

/** Writes to a descriptor that is open already; `tellLoss` makes the line that says how many are lost. */
export function openLogStream(
  descriptor: number,
  tellLoss: (records: number) => string,
): LogStream {
  const writer = openWriter(descriptor);
  return writer === undefined ? waitingStream(descriptor) : patientStream(writer, tellLoss);
}

function waitingStream(descriptor: number): LogStream {
  return {
    write(line) {
      try {
        writeAll(descriptor, line);
      } catch {
        // A closed terminal must not end what is being logged.
      }
    },
    close: () => undefined,
  };
}

function patientStream(writer: Writer, tellLoss: (records: number) => string): LogStream {
  // What waits is between begin and end; made when first needed.
  let queue: Buffer | undefined;
  let begin = 0;
  let end = 0;
  let untried = 0;
  let lost = 0;
  let timer: Timer | undefined;

  function write(line: string): void {
    if (begin < end) {
      enqueue(Buffer.from(line));
      return;
    }
    const taken = writer.put(line);
    if (taken < Buffer.byteLength(line)) {
      enqueue(Buffer.from(line).subarray(taken));
    }
  }

  function enqueue(bytes: Uint8Array): void {
    queue ??= Buffer.allocUnsafe(CAPACITY);
    if (bytes.length > CAPACITY - end) {
      queue.copyWithin(0, begin, end);
      end -= begin;
      begin = 0;
    }
    if (bytes.length > CAPACITY - end) {
      lost += 1;
      return;
    }
    queue.set(bytes, end);
    end += bytes.length;
    untried += bytes.length;
    if (untried >= MANY) {
      drain(queue);
    }
    lookAgain(queue);
  }

  function drain(waiting: Buffer): void {
    untried = 0;
    let taken = 1;
    while (begin < end && taken > 0) {
      taken = writer.put(waiting.subarray(begin, endOfLines(waiting, begin, end)));
      begin = Math.min(begin + taken, end);
    }
    if (begin === end && lost > 0) {
      const records = lost;
      lost = 0;
      write(tellLoss(records));
    }
  }

  function lookAgain(waiting: Buffer): void {
    if (begin < end) {
      timer ??= setTimeout(() => {
        timer = undefined;
        drain(waiting);
        lookAgain(waiting);
      }, PAUSE).unref();
    }
  }

  return {
    write,
    close() {
      const deadline = performance.now() + LAST_CHANCE;
      while (queue !== undefined && begin < end && performance.now() < deadline) {
        drain(queue);
        if (begin < end) {
          Bun.sleepSync(STEP);
        }
      }
      clearTimeout(timer);
      writer.close();
    },
  };
}

/** The end of the lines that a pipe takes as a whole; of the first one, where that is longer. */
function endOfLines(queue: Buffer, begin: number, end: number): number {
  if (end - begin <= WHOLE) {
    return end;
  }
  const last = queue.lastIndexOf(NEWLINE, begin + WHOLE - 1);
  return 1 + (last >= begin ? last : queue.indexOf(NEWLINE, begin));
}
