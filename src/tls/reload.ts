/**
 * Other TLS settings for a listener that is open, so that certificates can be renewed without losing
 * a connection.
 */
import { createSecureContext, Server } from "node:tls";
import type { ServerTls } from "./options.ts";
import { settingsFault } from "./tls-errors.ts";

/** As node:tls wants them: versions by name. */
function toNode({ minVersion: _, ...tls }: ServerTls) {
  return { ...tls, minVersion: "TLSv1.2" as const };
}

/** Throws a usage fault for settings that the TLS stack does not take. */
export function tryTls(tls: ServerTls): void {
  try {
    createSecureContext(toNode(tls));
  } catch (cause) {
    throw settingsFault(cause);
  }
}

/**
 * Meets every connection from now on with these settings, at all listeners or, when it throws, at
 * none; connections that are open, or in their handshake, keep what they have. The runtime can do
 * that, but only node:tls knows how to ask for it: a server of that kind holds a listener like ours
 * in `_handle`, as it does in Node.
 */
export function renewTls(listeners: readonly object[], tls: ServerTls): void {
  const settings = toNode(tls);
  // Whatever is wrong with the settings is found here, where no listener has them yet: all that is
  // done for a listener is to prepare the same settings again and hand them over.
  const server: Server & { _handle?: object | null } = new Server(settings);
  for (const listener of listeners) {
    server._handle = listener;
    server.setSecureContext(settings);
  }
  server._handle = null;
}
