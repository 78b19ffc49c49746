/**
 * Binding ports: every port on every address of a host, or none.
 */
import { errorCode, Fault, isFault, NO_CODE } from "../fault/fault.ts";
import { formatEndpoint } from "./hosts.ts";
import type { ServerTls } from "./options.ts";
import { reloadTls } from "./reload.ts";

export interface BindOptions {
  /** The addresses to bind, all on the same ports. */
  readonly addresses: readonly [string, ...string[]];
  /** Each 0 takes a free one. */
  readonly ports: Ports;
  /** Whether other processes that set this may bind the ports too; Linux shares them out. */
  readonly reusePort: boolean;
}

/** One port at least. */
export type Ports = readonly [number, ...number[]];

export interface Bound {
  /** In the order of the options. */
  readonly ports: Ports;
  /**
   * Changes the TLS settings of all ports. Connections that are open, or in their handshake,
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

/** The listeners of one port: at least one. */
type BoundPort<Data> = readonly [TlsListener<Data>, ...TlsListener<Data>[]];

/** How many free ports are tried until one is free on every address. */
const MAX_TRIES = 16;

/**
 * Binds every port on every address.
 *
 * @throws {Fault} "transport" when an address or a port cannot be bound; then none is
 */
export function bindAll<Data>(options: BindOptions, reception: Reception<Data>): Bound {
  const bound = new Map<number, BoundPort<Data>>();
  // Free ports are taken last: they must not be among the others.
  const order = [...options.ports.entries()].sort(([, a], [, b]) => b - a);
  try {
    for (const [index, port] of order) {
      bound.set(index, bindPort(port, options, reception));
    }
  } catch (thrown) {
    stopAll([...bound.values()].flat());
    throw thrown;
  }
  const listeners = [...bound.values()].flat();
  const portAt = (index: number) => bound.get(index)?.[0].port ?? 0;
  const [, ...others] = options.ports.keys();
  return {
    ports: [portAt(0), ...others.map(portAt)],
    reloadTls: (tls) => reloadTls(listeners, tls),
    stop: () => stopAll(listeners),
  };
}

function bindPort<Data>(
  port: number,
  options: BindOptions,
  reception: Reception<Data>,
): BoundPort<Data> {
  for (let tries = 1; ; tries += 1) {
    try {
      return tryPort(port, options, reception);
    } catch (thrown) {
      if (port !== 0 || tries === MAX_TRIES) {
        throw thrown;
      }
    }
  }
}

function tryPort<Data>(
  port: number,
  options: BindOptions,
  reception: Reception<Data>,
): BoundPort<Data> {
  const bound: TlsListener<Data>[] = [];
  let missing: unknown;
  for (const address of options.addresses) {
    try {
      bound.push(bind(address, bound[0]?.port ?? port, options, reception));
    } catch (thrown) {
      // A name may have addresses that this machine lacks, such as ::1 without IPv6.
      if (!isFault(thrown, "cannotListen") || thrown.facts.code !== "EADDRNOTAVAIL") {
        stopAll(bound);
        throw thrown;
      }
      missing = thrown;
    }
  }
  const [first, ...rest] = bound;
  if (first === undefined) {
    throw missing;
  }
  return [first, ...rest];
}

function bind<Data>(
  hostname: string,
  port: number,
  { reusePort, ports }: BindOptions,
  reception: Reception<Data>,
): TlsListener<Data> {
  try {
    // A variable, because Bun's types lack the option reusePort.
    const options = { hostname, port, reusePort, data: undefined, ...reception };
    return Bun.listen(options);
  } catch (cause) {
    const code = errorCode(cause);
    const endpoint = formatEndpoint(hostname, port);
    const isOneOf = ports.length > 1;
    const facts = { endpoint, code: code === NO_CODE ? undefined : code, isOneOf };
    throw new Fault("cannotListen", facts, { cause });
  }
}

function stopAll(bound: readonly Pick<Bun.TCPSocketListener, "stop">[]): void {
  for (const listener of bound) {
    listener.stop(false);
  }
}
