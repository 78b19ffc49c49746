/**
 * The connecting end. A connection that it hands on has a server whose certificate was judged.
 */

import { fingerprintOf, peerWeakness } from "../certificates/fingerprint.ts";
import type { Identity } from "../certificates/identity.ts";
import { nameFault, otherHostNames } from "../certificates/names.ts";
import type { Trust } from "../certificates/tls-config.ts";
import type { LineChannel } from "../conversation/channel.ts";
import { withTimeout } from "../deadline.ts";
import { errorCode, Fault, oldFault, toFault } from "../fault/fault.ts";
import { formatEndpoint, toAsciiName } from "./hosts.ts";
import { clientTls, isTrusted } from "./options.ts";
import { SocketChannel } from "./socket-channel.ts";
import { settingsFault, tlsFault } from "./tls-errors.ts";

export interface ConnectOptions {
  /** An IP address. */
  readonly address: string;
  readonly port: number;
  /** The name that the server's certificate must carry. */
  readonly serverName: string;
  readonly identity: Identity | undefined;
  readonly trust: Trust;
  /** Fingerprints of the public keys that the server may have, as `sha256/BASE64`; empty: any. */
  readonly pins: readonly string[];
  /** From the start of connecting to the end of the TLS handshake, in seconds. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  /** The TCP connection stands. */
  readonly onAnswer?: () => void;
}

export interface Connected {
  readonly channel: LineChannel;
  readonly tlsVersion: string;
  readonly cipher: string;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
}

/** Nobody answered: the next port may. */
export interface Unreachable {
  readonly unreachable: Fault;
}

/**
 * Connects and shakes hands. Once the TCP connection stands, every failure throws: a transport
 * fault (TLS, certificate, pin, close) or a timeout fault. So does, at once, what the TLS stack
 * does not take of ours: a usage fault.
 */
export async function connect(options: ConnectOptions): Promise<Connected | Unreachable> {
  const dial = createDial(options);
  try {
    return await withTimeout(
      { seconds: options.limit, step: "connecting", signal: options.signal },
      dial.outcome,
    );
  } catch (thrown) {
    dial.abandon();
    if (options.signal?.aborted) {
      throw thrown;
    }
    if (dial.answered()) {
      throw handshakeFault(options, thrown);
    }
    return { unreachable: unreachable(options, thrown) };
  }
}

interface Dial {
  readonly outcome: Promise<Connected>;
  /** Whether the TCP connection stood. */
  answered(): boolean;
  abandon(): void;
}

function createDial(options: ConnectOptions): Dial {
  const { address, port, identity, trust, pins, onAnswer } = options;
  const serverName = toAsciiName(options.serverName);
  const outcome = Promise.withResolvers<Connected>();
  let answered = false;
  let abandoned = false;
  let channel: SocketChannel | undefined;
  let socket: Bun.Socket<undefined> | undefined;

  function fail(fault: Fault): void {
    outcome.reject(fault);
    channel?.onEnd(fault);
  }

  const handler: Bun.SocketHandler<undefined> = {
    open(opened) {
      answered = true;
      onAnswer?.();
      socket = opened;
      channel = new SocketChannel(opened);
      if (abandoned) {
        opened.terminate();
      }
    },
    handshake(opened, success, error) {
      const fault = judge(opened, success, error, { trust, pins, serverName });
      if (fault !== undefined || channel === undefined) {
        fail(fault ?? oldFault("internal", "a handshake without a connection"));
        opened.terminate();
        return;
      }
      outcome.resolve({
        channel,
        tlsVersion: opened.getTLSVersion(),
        cipher: opened.getCipher().name,
        closed: channel.closed,
      });
    },
    data: (_, bytes) => channel?.onData(bytes),
    drain: () => channel?.onDrain(),
    end: () => fail(oldFault("transport", "the peer closed the connection")),
    error: (_, error) => fail(tlsFault(error)),
    close() {
      fail(oldFault("transport", "the peer closed the connection"));
      channel?.onClose();
    },
  };

  try {
    Bun.connect({
      hostname: address,
      port,
      tls: clientTls(identity, trust, serverName),
      data: undefined,
      socket: handler,
    }).catch(outcome.reject);
  } catch (cause) {
    throw settingsFault(cause);
  }

  return {
    outcome: outcome.promise,
    answered: () => answered,
    abandon() {
      abandoned = true;
      socket?.terminate();
    },
  };
}

/** What speaks against the server, if anything does. */
function judge(
  socket: Bun.Socket<undefined>,
  success: boolean,
  error: Error | null,
  { trust, pins, serverName }: Pick<ConnectOptions, "trust" | "pins" | "serverName">,
): Fault | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (!isTrusted(socket, success, error, trust)) {
    const fault = tlsFault(error);
    return fault.kind === "wrong-name" ? otherHostNames(certificate, serverName, fault) : fault;
  }
  if (pins.length > 0 && !pins.includes(fingerprintOf(certificate))) {
    return oldFault("transport", "the server's public key matches no pin");
  }
  return trust === "anybody"
    ? undefined
    : (peerWeakness(certificate) ?? nameFault(certificate, serverName));
}

/** What went wrong with a server that took the connection, and which server that was. */
function handshakeFault({ address, port, limit }: ConnectOptions, thrown: unknown): Fault {
  const fault = toFault(thrown);
  if (fault.code !== "old" && fault.family !== "timeout") {
    const endpoint = formatEndpoint(address, port);
    return new Fault(fault.code, fault.facts, { cause: thrown, endpoint });
  }
  const { family, message, hint, kind } = fault;
  const why =
    family === "timeout"
      ? `it took the connection, but did not finish the TLS handshake within ${limit} s`
      : message;
  const endpoint = formatEndpoint(address, port);
  return oldFault(family, `${endpoint}: ${why}`, { hint, kind, cause: thrown });
}

function unreachable({ address, port }: ConnectOptions, thrown: unknown): Fault {
  const endpoint = formatEndpoint(address, port);
  if (thrown instanceof Fault) {
    return oldFault("transport", `no answer from ${endpoint}`, { cause: thrown });
  }
  const code = errorCode(thrown);
  const meaning = code === "ECONNREFUSED" ? "connection refused" : code;
  return oldFault("transport", `cannot connect to ${endpoint}: ${meaning}`, { cause: thrown });
}
