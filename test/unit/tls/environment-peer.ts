/**
 * One end of a connection in a process of its own, for a test that sets its environment. It reads
 * its options from stdin as JSON, and prints how the connection ended.
 */
import { connect } from "../../../src/tls/connect.ts";
import { listen } from "../../../src/tls/listen.ts";
import type { EnvironmentPeer } from "./environment.test.ts";

const options: EnvironmentPeer = JSON.parse(await Bun.stdin.text());

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (options.role === "client") {
  const outcome = await connect({ ...options.connect, pins: [], timeout: 20 }).catch(
    (thrown: unknown) => thrown,
  );
  say(outcome instanceof Error ? `refused: ${outcome.message}` : "accepted");
  process.exit();
}

const listener = listen({
  ...options.listen,
  ...(options.isRenewed ? { trust: "anybody" } : {}),
  addresses: ["127.0.0.1"],
  ports: [0],
  handshakeTimeout: 20,
  allowedClients: [],
  reusePort: false,
  capacity: { sessions: 10, perAddress: 10, limitsLoopback: true, connections: 10 },
  onAccepted: () => say("accepted"),
  onRejected: (_, { message }) => say(`refused: ${message}`),
});
if (options.isRenewed) {
  listener.reload(options.listen);
}
say(`port ${listener.ports[0]}`);
