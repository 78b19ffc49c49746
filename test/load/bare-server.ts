/**
 * A server that does nothing but the TLS handshake, client certificates included, with the settings
 * of the real one: what a session costs beyond it is the product's own. Its argument is the folder
 * of the certificates.
 */
import { join } from "node:path";
import { readAuthorities, readIdentity } from "../../src/tls/identity.ts";
import { serverTls } from "../../src/tls/options.ts";

const [folder = "."] = process.argv.slice(2);
const file = (name: string, what: string) => ({ path: join(folder, name), what });
const identity = readIdentity(
  file("server-cert.pem", "the server certificate"),
  file("server-key.pem", "the server key"),
);
const authorities = readAuthorities(file("ca-cert.pem", "the CA certificate"));

const listener = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  tls: serverTls(identity, { authorities }),
  socket: {
    handshake: (socket) => socket.end(),
    data() {},
  },
});
process.stdout.write(`listening on 127.0.0.1:${listener.port}\n`);
