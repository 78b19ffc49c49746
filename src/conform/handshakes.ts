/**
 * Connections to a server under test on which no TLS handshake must succeed.
 */
import { connect, type Socket } from "node:net";
import { withTimeout } from "../deadline.ts";
import { isFault } from "../fault/fault.ts";
import { resolveHost } from "../tls/hosts.ts";
import { clientTls, isTrusted } from "../tls/options.ts";
import { broken, HOLDS, Untried, type Verdict } from "./rule.ts";
import type { ServerTarget } from "./target.ts";

/** TLS 1.1 alone. */
export const TLS_1_1 = { minVersion: 0x0302, maxVersion: 0x0302 };

/** Shakes hands with TLS 1.1 alone, which must fail. */
export async function tryOldTls(target: ServerTarget): Promise<Verdict> {
  const { host, identity, trust, timeouts } = target;
  const tls = { ...clientTls(identity, trust, host), ...TLS_1_1 };
  for (const { address, port } of await endpointsOf(target)) {
    const outcome = Promise.withResolvers<"succeeded" | "failed" | "unreachable">();
    let isOpen = false;
    const socket: Bun.SocketHandler<undefined> = {
      open() {
        isOpen = true;
      },
      handshake: (opened, success, error) =>
        outcome.resolve(isTrusted(opened, success, error, "anybody") ? "succeeded" : "failed"),
      data: () => undefined,
      error: () => outcome.resolve("failed"),
      close: () => outcome.resolve("failed"),
    };
    const connecting = Bun.connect({ hostname: address, port, tls, socket });
    connecting.catch(() => outcome.resolve(isOpen ? "failed" : "unreachable"));
    const deadline = { seconds: timeouts.other, step: "the TLS handshake", signal: target.signal };
    const ending = await withTimeout(deadline, outcome.promise).catch(asSilence);
    // Not awaited: connecting can take minutes to fail.
    connecting.then((opened) => opened.terminate()).catch(() => undefined);
    if (ending !== "unreachable") {
      return ending === "failed" ? HOLDS : broken(`a handshake that ${ending}`, "its failure");
    }
  }
  throw new Untried("the server does not answer");
}

/** Sends text in clear, or nothing; the server must close, and not speak in clear itself. */
export async function tryInClear(target: ServerTarget, text: string): Promise<Verdict> {
  const { timeouts, signal } = target;
  const socket = await connectInClear(target);
  let received = "";
  socket.on("data", (bytes) => {
    received += bytes.toString("latin1").slice(0, MAX_KEPT - received.length);
  });
  const closed = new Promise<"closed">((resolve) => socket.once("close", () => resolve("closed")));
  socket.write(text);
  const deadline = { seconds: timeouts.other, step: "the close", signal };
  try {
    const ending = await withTimeout(deadline, closed).catch(asSilence);
    if (received.includes("HELLO")) {
      return broken("HELLO in clear", "a close");
    }
    return ending === "closed" ? HOLDS : broken(`no close within ${timeouts.other} s`, "a close");
  } finally {
    socket.destroy();
  }
}

/** Characters. */
const MAX_KEPT = 1000;

async function connectInClear(target: ServerTarget): Promise<Socket> {
  for (const { address, port } of await endpointsOf(target)) {
    const socket = connect({ host: address, port, signal: target.signal });
    const connected = new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.on("error", () => resolve(false));
    });
    const deadline = { seconds: target.timeouts.other, step: "connecting", signal: target.signal };
    if ((await withTimeout(deadline, connected).catch(asSilence)) === true) {
      return socket;
    }
    socket.destroy();
  }
  throw new Untried("the server does not answer");
}

async function endpointsOf({ host, ports, timeouts, signal }: ServerTarget) {
  const addresses = await resolveHost(host, { seconds: timeouts.other, signal });
  return addresses.flatMap((address) => ports.map((port) => ({ address, port })));
}

/** Returns the outcome of a wait that reached its time limit; throws for any other failure. */
function asSilence(thrown: unknown): "took too long" {
  if (isFault(thrown, "timedOut")) {
    return "took too long";
  }
  throw thrown;
}
