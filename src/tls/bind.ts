/**
 * Binding a port: every address of a host, or none.
 */
import { errorCode, Fault, NO_CODE, oldFault } from "../fault/fault.ts";
import { formatEndpoint } from "./hosts.ts";
import type { ServerTls } from "./options.ts";
import { renewTls } from "./reload.ts";

export interface BindOptions {
  /** The addresses to bind, all on the same port. */
  readonly addresses: readonly [string, ...string[]];
  /** 0 takes a free one. */
  readonly port: number;
  /** Whether other processes that say the same may bind this port too; Linux shares it out. */
  readonly reusePort: boolean;
}

export interface Bound {
  readonly port: number;
  /**
   * Meets every connection from now on with other settings, at all addresses. Throws when they
   * cannot be used; then all stays as it was.
   */
  renewTls(tls: ServerTls): void;
  /** Stops accepting; connections that are open stay. */
  stop(): void;
}

type TlsListener<Data> = Bun.TCPSocketListener<Data | undefined>;

/** What is bound to the addresses. */
interface Reception<Data> {
  readonly tls: ServerTls;
  readonly socket: Bun.SocketHandler<Data | undefined>;
}

/** How often a free port is sought that every address can have. */
const PORT_TRIES = 16;

/**
 * Binds every address on one port. Throws a transport fault when that cannot be. Connections have no
 * data at first.
 */
export function bindAll<Data>(options: BindOptions, reception: Reception<Data>): Bound {
  for (let tries = 1; ; tries += 1) {
    try {
      return tryAll(options, reception);
    } catch (thrown) {
      if (options.port !== 0 || tries === PORT_TRIES) {
        throw thrown;
      }
    }
  }
}

function tryAll<Data>(options: BindOptions, reception: Reception<Data>): Bound {
  const { addresses, port, reusePort } = options;
  const bound: TlsListener<Data>[] = [];
  let absent: unknown;
  for (const address of addresses) {
    try {
      bound.push(bind(address, bound[0]?.port ?? port, reusePort, reception));
    } catch (thrown) {
      // A name may have addresses that this machine has not, such as ::1 without IPv6.
      if (!(thrown instanceof Fault && errorCode(thrown.cause) === "EADDRNOTAVAIL")) {
        stopAll(bound);
        throw thrown;
      }
      absent = thrown;
    }
  }
  const [first] = bound;
  if (first === undefined) {
    throw absent;
  }
  return {
    port: first.port,
    renewTls: (tls) => renewTls(bound, tls),
    stop: () => stopAll(bound),
  };
}

function bind<Data>(
  hostname: string,
  port: number,
  reusePort: boolean,
  reception: Reception<Data>,
): TlsListener<Data> {
  try {
    // Bun's types have forgotten reusePort here, and the option is no less there.
    const options = { hostname, port, reusePort, data: undefined, ...reception };
    return Bun.listen(options);
  } catch (cause) {
    throw bindFault(hostname, port, cause);
  }
}

function stopAll(bound: readonly Pick<Bun.TCPSocketListener, "stop">[]): void {
  for (const listener of bound) {
    listener.stop(false);
  }
}

function bindFault(hostname: string, port: number, cause: unknown): Fault {
  const code = errorCode(cause);
  const endpoint = formatEndpoint(hostname, port);
  switch (code) {
    case "EADDRINUSE":
      return oldFault("transport", `cannot listen on ${endpoint}: the port is in use`, {
        hint: "choose another with --port, or let the system choose one with --port 0",
        cause,
      });
    case "EACCES":
      return oldFault("transport", `cannot listen on ${endpoint}: permission denied`, {
        hint: "ports below 1024 need a privilege; choose a higher one with --port",
        cause,
      });
    case "EADDRNOTAVAIL":
      return oldFault("transport", `cannot listen on ${endpoint}: not an address of this machine`, {
        cause,
      });
    case NO_CODE:
      // The runtime gives no code where the system cannot make an address of it at all.
      return oldFault("transport", `cannot listen on ${endpoint}: no interface has that address`, {
        cause,
      });
    default:
      return oldFault("transport", `cannot listen on ${endpoint}: ${code}`, { cause });
  }
}
