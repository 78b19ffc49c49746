/**
 * Binding a port: every address of a host, or none.
 */
import { errorCode, Fault, isFault, NO_CODE } from "../fault/fault.ts";
import { formatEndpoint } from "./hosts.ts";
import type { ServerTls } from "./options.ts";
import { reloadTls } from "./reload.ts";

export interface BindOptions {
  /** The addresses to bind, all on the same port. */
  readonly addresses: readonly [string, ...string[]];
  /** 0 takes a free one. */
  readonly port: number;
  /** Whether other processes that set this may bind the port too; Linux shares it out. */
  readonly reusePort: boolean;
}

export interface Bound {
  readonly port: number;
  /**
   * Changes the TLS settings of all addresses. Connections that are open, or in their handshake,
   * keep the old ones.
   *
   * @throws {Fault} "usage" for settings that cannot be used; then nothing changes
   */
  reloadTls(tls: ServerTls): void;
  /** Stops accepting; connections that are open stay. */
  stop(): void;
}

type TlsListener<Data> = Bun.TCPSocketListener<Data | undefined>;

/** The settings and the handler of every address. Connections have no data at first. */
interface Reception<Data> {
  readonly tls: ServerTls;
  readonly socket: Bun.SocketHandler<Data | undefined>;
}

/** How many free ports are tried until one is free on every address. */
const MAX_TRIES = 16;

/**
 * Binds every address on one port.
 *
 * @throws {Fault} "transport" when an address or the port cannot be bound
 */
export function bindAll<Data>(options: BindOptions, reception: Reception<Data>): Bound {
  for (let tries = 1; ; tries += 1) {
    try {
      return tryAll(options, reception);
    } catch (thrown) {
      if (options.port !== 0 || tries === MAX_TRIES) {
        throw thrown;
      }
    }
  }
}

function tryAll<Data>(options: BindOptions, reception: Reception<Data>): Bound {
  const { addresses, port, reusePort } = options;
  const bound: TlsListener<Data>[] = [];
  let missing: unknown;
  for (const address of addresses) {
    try {
      bound.push(bind(address, bound[0]?.port ?? port, reusePort, reception));
    } catch (thrown) {
      // A name may have addresses that this machine lacks, such as ::1 without IPv6.
      if (!isFault(thrown, "cannotListen") || thrown.facts.code !== "EADDRNOTAVAIL") {
        stopAll(bound);
        throw thrown;
      }
      missing = thrown;
    }
  }
  const [first] = bound;
  if (first === undefined) {
    throw missing;
  }
  return {
    port: first.port,
    reloadTls: (tls) => reloadTls(bound, tls),
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
    // A variable, because Bun's types lack the option reusePort.
    const options = { hostname, port, reusePort, data: undefined, ...reception };
    return Bun.listen(options);
  } catch (cause) {
    const code = errorCode(cause);
    const endpoint = formatEndpoint(hostname, port);
    const facts = { endpoint, code: code === NO_CODE ? undefined : code };
    throw new Fault("cannotListen", facts, { cause });
  }
}

function stopAll(bound: readonly Pick<Bun.TCPSocketListener, "stop">[]): void {
  for (const listener of bound) {
    listener.stop(false);
  }
}
