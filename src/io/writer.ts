/**
 * Writing without waiting, to what has a reader who may be slow: a pipe, a terminal or a socket.
 */
import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { errorCode } from "../fault/fault.ts";
import { LIBC } from "../runtime/libc.ts";
import { isTerminal } from "./terminal.ts";

export interface Writer {
  /** Returns how many bytes were taken: none by a slow reader, any number by one that is gone. */
  put(data: string | Uint8Array): number;
  close(): void;
}

/** How often a reader is looked after who is waited for, in milliseconds. */
const STEP = 5;

const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const EAGAIN = 11;

/**
 * A writer to a descriptor that is open already. Undefined where there is nothing to wait for, and
 * where it cannot be had: on other systems, and of a stranger's pipe or terminal.
 */
export function openWriter(descriptor: number): Writer | undefined {
  try {
    if (process.platform === "linux") {
      const status = fstatSync(descriptor);
      if (status.isSocket()) {
        return sendTo(descriptor);
      }
      if (status.isFIFO() || isTerminal(descriptor)) {
        return writeTo(openAnew(descriptor));
      }
    }
  } catch {
    // Then who writes has to wait.
  }
  return undefined;
}

/**
 * The same pipe or terminal once more, without waiting. The flag belongs to what was opened: on the
 * descriptor that we share with others, it would make their writes fail.
 */
function openAnew(descriptor: number): number {
  const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  return openSync(`/proc/self/fd/${descriptor}`, flags);
}

/** Waits for the reader, but no longer than so many milliseconds; what is not taken then is lost. */
export function putInTime(writer: Writer, text: string, milliseconds: number): void {
  const deadline = performance.now() + milliseconds;
  let rest = Buffer.from(text);
  for (;;) {
    rest = rest.subarray(writer.put(rest));
    if (rest.length === 0 || performance.now() >= deadline) {
      return;
    }
    Bun.sleepSync(STEP);
  }
}

function writeTo(own: number): Writer {
  return {
    put(data) {
      try {
        return typeof data === "string" ? writeSync(own, data) : writeSync(own, data);
      } catch (error) {
        return errorCode(error) === "EAGAIN" ? 0 : Number.POSITIVE_INFINITY;
      }
    },
    close: () => closeSync(own),
  };
}

/** A socket cannot be opened anew, but each message can be sent without waiting. */
function sendTo(socket: number): Writer {
  // Nobody else of those who write needs it.
  const ffi = process.getBuiltinModule("bun:ffi") as typeof import("bun:ffi");
  const { dlopen, FFIType, read } = ffi;
  const { symbols } = dlopen(LIBC, {
    send: {
      args: [FFIType.i32, "buffer", FFIType.u64, FFIType.i32],
      returns: FFIType.i64_fast,
    },
    __errno_location: { args: [], returns: FFIType.ptr },
  });

  function isBusy(): boolean {
    const place = symbols.__errno_location();
    return place !== null && read.i32(place) === EAGAIN;
  }

  return {
    put(data) {
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      const taken = Number(symbols.send(socket, bytes, bytes.length, flags));
      if (taken >= 0) {
        return taken;
      }
      return isBusy() ? 0 : Number.POSITIVE_INFINITY;
    },
    close: () => undefined,
  };
}
