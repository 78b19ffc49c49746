/**
 * TLS settings that change while a server runs, so that certificates are renewed without dropping
 * connections.
 */
import { createSecureContext } from "node:tls";
import { setListenerTls } from "../runtime/listener-tls.ts";
import type { ServerTls } from "./options.ts";
import { settingsFault } from "./tls-errors.ts";

/** Throws a usage fault for settings that the TLS stack does not take. */
export function checkTls(tls: ServerTls): void {
  try {
    createSecureContext(toNode(tls));
  } catch (cause) {
    throw settingsFault(cause);
  }
}

/**
 * Changes the settings of listeners that are open, for the connections that they accept from now
 * on. Throws a usage fault for settings that the TLS stack does not take; then nothing changes.
 */
export function reloadTls(listeners: readonly object[], tls: ServerTls): void {
  try {
    setListenerTls(listeners, toNode(tls));
  } catch (cause) {
    throw settingsFault(cause);
  }
}

/** Returns the settings as node:tls takes them, with the names of TLS versions. */
function toNode({ minVersion: _, ...tls }: ServerTls) {
  return { ...tls, minVersion: "TLSv1.2" as const };
}
