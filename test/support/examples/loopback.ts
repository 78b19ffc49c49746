/**
 * A loopback of its own for a page, so that its examples use the ports that they print while other
 * tests run. It is a network namespace of Linux. Where users may make none, it is the
 * machine's loopback.
 */
import { start } from "../processes.ts";

export interface Loopback extends AsyncDisposable {
  /** Goes before a command that is to run there. */
  readonly prefix: readonly string[];
  /** Why it is the machine's; undefined if it is a namespace. */
  readonly sharedBecause: string | undefined;
}

/** Sets the flags IFF_UP and IFF_RUNNING of the interface, which is down in a new namespace. */
const RAISE = `import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 0x41))`;

/** Makes a loopback. Nothing runs on it yet; disposing it ends only the process that holds it. */
export async function makeLoopback(): Promise<Loopback> {
  const holder = start(["unshare", "-rn", "sh", "-c", 'python3 -c "$0" && echo up && cat', RAISE]);
  try {
    await holder.stdout.next(/^up$/);
  } catch {
    const { stderr } = await holder.ended();
    await holder[Symbol.asyncDispose]();
    return shared(stderr.trim());
  }
  return {
    prefix: ["nsenter", "-t", String(holder.pid), "-U", "-n", "--preserve-credentials"],
    sharedBecause: undefined,
    [Symbol.asyncDispose]: () => holder[Symbol.asyncDispose](),
  };
}

function shared(reason: string): Loopback {
  return { prefix: [], sharedBecause: reason, [Symbol.asyncDispose]: async () => {} };
}
