/**
 * Whoever started us and wants to know when we are ready, as systemd does: it names a datagram
 * socket in NOTIFY_SOCKET and reads what sd_notify(3) describes from it. The runtime has no such
 * sockets, so the C library's are used.
 */
import { FFIType } from "bun:ffi";
import { closeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, oldFault, toFault } from "../fault/fault.ts";
import { LIBC } from "./libc.ts";
import { loadNative } from "./native.ts";

export type State = "ready" | "reloading" | "stopping";

/** Tells the supervisor. Throws a transport fault when it cannot be told. */
export type Notify = (state: State) => Promise<void>;

const SYMBOLS = {
  clock_gettime: { args: [FFIType.i32, "buffer"], returns: FFIType.i32 },
  socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  sendto: {
    args: [FFIType.i32, "buffer", FFIType.u64, FFIType.i32, "buffer", FFIType.u32],
    returns: FFIType.i64,
  },
} as const;

const CLOCK_MONOTONIC = 1;
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0x8_0000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** What sockaddr_un has room for, the closing NUL of a path included. */
const MAX_PATH_LENGTH = 108;

/** A supervisor that is busy gets as many chances, 50 ms apart. */
const TRIES = 20;
const PAUSE = 50;

/** Opens the way to the supervisor that listens on a socket, named as NOTIFY_SOCKET names it. */
export async function connectSupervisor(socketName: string): Promise<Notify> {
  const address = encodeAddress(socketName);
  if (process.platform !== "linux") {
    throw unreachable("this system has no such sockets");
  }
  const symbols = openLibc();

  function send(message: Uint8Array): boolean {
    const socket = symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
      return false;
    }
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    const sent = symbols.sendto(socket, message, message.length, flags, address, address.length);
    closeSync(socket);
    return Number(sent) === message.length;
  }

  /** The runtime's own clocks begin with the process; the supervisor's does not. In µs. */
  function monotonicTime(): bigint {
    const timespec = new BigInt64Array(2);
    symbols.clock_gettime(CLOCK_MONOTONIC, timespec);
    const [seconds = 0n, nanoseconds = 0n] = timespec;
    return seconds * 1_000_000n + nanoseconds / 1000n;
  }

  return async (state) => {
    const message = Buffer.from(messageFor(state, monotonicTime()));
    for (let tries = 1; !send(message); tries += 1) {
      if (tries === TRIES) {
        throw unreachable("nobody takes messages there");
      }
      await sleep(PAUSE);
    }
  };
}

function openLibc() {
  try {
    return loadNative(LIBC, SYMBOLS).symbols;
  } catch (thrown) {
    throw unreachable(toFault(thrown).message);
  }
}

/** sd_notify(3)'s words. */
function messageFor(state: State, microseconds: bigint): string {
  switch (state) {
    case "ready":
      return "READY=1";
    case "reloading":
      return `RELOADING=1\nMONOTONIC_USEC=${microseconds}`;
    case "stopping":
      return "STOPPING=1";
  }
}

/** A sockaddr_un; a name that begins with @ is an abstract one, whose first byte is NUL. */
function encodeAddress(socketName: string): Uint8Array {
  const isAbstract = socketName.startsWith("@");
  const name = Buffer.from(isAbstract ? `\0${socketName.slice(1)}` : `${socketName}\0`);
  if (!(isAbstract || socketName.startsWith("/")) || name.length > MAX_PATH_LENGTH) {
    throw unreachable("it is neither an absolute path nor an @name, or is too long");
  }
  return Buffer.concat([new Uint8Array(new Uint16Array([AF_UNIX]).buffer), name]);
}

function unreachable(why: string): Fault {
  return oldFault("transport", `the supervisor of NOTIFY_SOCKET cannot be told: ${why}`);
}
