/**
 * New TLS settings for listeners that are open, without losing a connection from their queues.
 *
 * Bun offers no function to do this: `reload` of `Bun.listen` ignores `tls`, as that of `Bun.serve`
 * does (oven-sh/bun#43815). But the Server of node:tls can change its settings. It keeps its
 * listener in `_handle`, as in Node, and that listener is of the same kind as ours. So a Server
 * borrows our listeners, one after the other.
 *
 * Checked on Bun 1.4.5. The tests of reloaded credentials in test/unit/tls/listen.test.ts and
 * test/e2e/reload.test.ts break when Bun changes this. It can go when `reload` takes `tls`.
 */
import { type SecureContextOptions, Server } from "node:tls";

/**
 * Changes the settings of all listeners or, if it throws, of none. Connections that are open, or in
 * their handshake, keep the old settings.
 */
export function setListenerTls(listeners: readonly object[], tls: SecureContextOptions): void {
  // Throws for settings that cannot be used, before any listener has them.
  const server: Server & { _handle?: object | null } = new Server(tls);
  for (const listener of listeners) {
    server._handle = listener;
    server.setSecureContext(tls);
  }
  server._handle = null;
}
