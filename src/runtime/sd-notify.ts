/**
 * sd_notify(3): tells systemd, or another supervisor, the state of a service. Each state is one
 * datagram to the Unix socket that the variable NOTIFY_SOCKET names.
 *
 * Bun 1.4.5 has no Unix datagram sockets, and Node.js declined them (nodejs/node#30059), so we call
 * functions of the C library. We do not run the program systemd-notify, because systemd ignores its
 * messages in a unit with NotifyAccess=main: they come from another process. This file can go when
 * Bun has such sockets; test/e2e/supervisor.test.ts tests it.
 */
import { FFIType } from "bun:ffi";
import { closeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../fault/fault.ts";
import { LIBC, loadNative } from "./native-functions.ts";

export type State = "ready" | "reloading" | "stopping";

/** Tells the supervisor a state. Throws "supervisorUnreachable". */
export type Notify = (state: State) => Promise<void>;

/** The C library's functions and constants: clock_gettime(2), socket(2), sendto(2), unix(7). */
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
/** The size of sun_path. */
const MAX_NAME_LENGTH = 108;

/** How often a message is sent to a supervisor that is busy, and how long to wait in between. */
const MAX_TRIES = 20;
const PAUSE_MS = 50;

/** Prepares messages to the supervisor's socket. Throws "supervisorUnreachable". */
export function connectSupervisor(socketName: string): Notify {
  const address = encodeAddress(socketName);
  const libc = openLibc();

  function send(message: Uint8Array): boolean {
    const socket = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
      return false;
    }
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    const sent = libc.sendto(socket, message, message.length, flags, address, address.length);
    closeSync(socket);
    return Number(sent) === message.length;
  }

  /**
   * Returns the system's clock in microseconds; the runtime's own clocks begin with the process.
   */
  function monotonicTime(): bigint {
    const timespec = new BigInt64Array(2);
    libc.clock_gettime(CLOCK_MONOTONIC, timespec);
    const [seconds = 0n, nanoseconds = 0n] = timespec;
    return seconds * 1_000_000n + nanoseconds / 1000n;
  }

  return async (state) => {
    const message = Buffer.from(formatState(state, monotonicTime()));
    for (let tries = 1; !send(message); tries += 1) {
      if (tries === MAX_TRIES) {
        throw new Fault("supervisorUnreachable", { reason: "noReader" });
      }
      await sleep(PAUSE_MS);
    }
  };
}

function openLibc() {
  if (process.platform !== "linux") {
    throw new Fault("supervisorUnreachable", { reason: "unsupported" });
  }
  try {
    return loadNative(LIBC, SYMBOLS).symbols;
  } catch (cause) {
    throw new Fault("supervisorUnreachable", { reason: "noNativeCode" }, { cause });
  }
}

function formatState(state: State, microseconds: bigint): string {
  switch (state) {
    case "ready":
      return "READY=1";
    case "reloading":
      return `RELOADING=1\nMONOTONIC_USEC=${microseconds}`;
    case "stopping":
      return "STOPPING=1";
  }
}

/** Returns a sockaddr_un. A name that begins with @ is abstract: its first byte is NUL. */
function encodeAddress(socketName: string): Uint8Array {
  const isAbstract = socketName.startsWith("@");
  const name = Buffer.from(isAbstract ? `\0${socketName.slice(1)}` : `${socketName}\0`);
  if (!(isAbstract || socketName.startsWith("/")) || name.length > MAX_NAME_LENGTH) {
    throw new Fault("supervisorUnreachable", { reason: "badName" });
  }
  return Buffer.concat([new Uint8Array(new Uint16Array([AF_UNIX]).buffer), name]);
}
