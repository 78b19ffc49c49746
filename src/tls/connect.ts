/**
 * The connecting end. A connection that it returns has a server whose certificate was verified.
 */
import { fingerprintOf, peerWeakness } from "../certificates/fingerprint.ts";
import type { Identity } from "../certificates/identity.ts";
import { nameFault, otherHostNames } from "../certificates/names.ts";
import type { ClientTrust } from "../certificates/tls-config.ts";
import type { LineChannel } from "../conversation/channel.ts";
import { withTimeout } from "../deadline.ts";
import { errorCode, Fault, isFault, toFault } from "../fault/fault.ts";
import { certificateNameOf } from "../host-name.ts";
import { formatEndpoint } from "./hosts.ts";
import { clientTls, isTrusted } from "./options.ts";
import { SocketChannel } from "./socket-channel.ts";
import { causeOf, distrust, endsOf, settingsFault, tlsFault } from "./tls-errors.ts";

export interface ConnectOptions {
  /** An IP address. */
  readonly address: string;
  readonly port: number;
  /** The host that the user named, which the server's certificate must carry. */
  readonly serverName: string;
  readonly identity: Identity | undefined;
  readonly trust: ClientTrust;
  /**
   * Fingerprints of the public keys that the server may have, as `sha256/BASE64`; empty: any, but
   * none with the trust "none".
   */
  readonly pins: readonly string[];
  /** From the start of connecting to the end of the TLS handshake, in seconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Called when the server has taken the TCP connection. */
  readonly onAnswer?: () => void;
}

export interface Connected {
  readonly channel: LineChannel;
  /** For bytes that are no line, which only `tlslp conform` and the tests send. */
  readonly socket: Pick<Bun.Socket, "write" | "shutdown">;
  readonly tlsVersion: string;
  readonly cipher: string;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
}

/** The server did not accept the TCP connection, so another port may be tried. */
export interface Unreachable {
  readonly unreachable: Fault;
}

/**
 * Connects, and shakes hands. Returns `Unreachable` if the server does not accept the TCP
 * connection.
 *
 * @throws {Fault} after that: "transport" (TLS, certificate, pin, close) or "timeout"; "usage" for
 *   certificates that the TLS stack does not take
 */
export async function connect(options: ConnectOptions): Promise<Connected | Unreachable> {
  const { address, port, timeout, signal } = options;
  const endpoint = formatEndpoint(address, port);
  const attempt = startConnecting(options);
  try {
    const deadline = { seconds: timeout, step: "connecting", signal };
    return await withTimeout(deadline, attempt.outcome);
  } catch (thrown) {
    attempt.abandon();
    if (signal?.aborted) {
      throw thrown;
    }
    if (attempt.isAnswered()) {
      throw handshakeFault(thrown, endpoint, timeout);
    }
    return { unreachable: unreachableFault(thrown, endpoint) };
  }
}

interface ConnectAttempt {
  readonly outcome: Promise<Connected>;
  /** Whether the server has taken the TCP connection. */
  isAnswered(): boolean;
  abandon(): void;
}

function startConnecting(options: ConnectOptions): ConnectAttempt {
  const { address, port, identity, trust, pins, onAnswer } = options;
  const serverName = certificateNameOf(options.serverName);
  const outcome = Promise.withResolvers<Connected>();
  let isAnswered = false;
  let isAbandoned = false;
  let channel: SocketChannel | undefined;
  let socket: Bun.Socket<undefined> | undefined;

  function fail(fault: Fault): void {
    outcome.reject(fault);
    channel?.onEnd(fault);
  }

  const handler: Bun.SocketHandler<undefined> = {
    open(opened) {
      isAnswered = true;
      onAnswer?.();
      socket = opened;
      channel = new SocketChannel(opened);
      if (isAbandoned) {
        opened.terminate();
      }
    },
    handshake(opened, success, error) {
      const fault = rejectionOf(opened, success, error, { trust, pins, serverName });
      if (fault !== undefined || channel === undefined) {
        fail(fault ?? new Fault("noConnection", {}));
        opened.terminate();
        return;
      }
      outcome.resolve({
        channel,
        socket: opened,
        tlsVersion: opened.getTLSVersion(),
        cipher: opened.getCipher().name,
        closed: channel.closed,
      });
    },
    data: (_, bytes) => channel?.onData(bytes),
    drain: () => channel?.onDrain(),
    end: () => fail(new Fault("closedByPeer", {})),
    error: (opened, error) => fail(tlsFault(error, endsOf(opened))),
    close() {
      fail(new Fault("closedByPeer", {}));
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
    isAnswered: () => isAnswered,
    abandon() {
      isAbandoned = true;
      socket?.terminate();
    },
  };
}

/** Returns the reason to reject the server, by its certificate; undefined if there is none. */
function rejectionOf(
  socket: Bun.Socket<undefined>,
  success: boolean,
  error: Error | null,
  { trust, pins, serverName }: Pick<ConnectOptions, "trust" | "pins" | "serverName">,
): Fault | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (!isTrusted(socket, success, error, trust)) {
    const fault = distrust(socket, error);
    return causeOf(fault) === "wrong-name" ? otherHostNames(certificate, serverName, fault) : fault;
  }
  if ((pins.length > 0 || trust === "none") && !pins.includes(fingerprintOf(certificate))) {
    return new Fault("pinMismatch", {});
  }
  return typeof trust === "string"
    ? undefined
    : (peerWeakness(certificate) ?? nameFault(certificate, serverName));
}

/** Returns the fault of a server that accepted the TCP connection. */
function handshakeFault(thrown: unknown, endpoint: string, timeout: number): Fault {
  const details = { cause: thrown, endpoint };
  if (isFault(thrown, "timedOut")) {
    return new Fault("serverHandshakeTimedOut", { seconds: timeout }, details);
  }
  const { code, facts } = toFault(thrown);
  return new Fault(code, facts, details);
}

/** Returns the fault of a server that did not accept the TCP connection. */
function unreachableFault(thrown: unknown, endpoint: string): Fault {
  return isFault(thrown, "timedOut")
    ? new Fault("noAnswer", { endpoint }, { cause: thrown })
    : new Fault("unreachable", { endpoint, code: errorCode(thrown) }, { cause: thrown });
}
