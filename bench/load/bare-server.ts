/**
 * Servers without the product, with the TLS settings of the real one: what a session costs beyond
 * them is the product's own. Arguments: the folder of the certificates, and what is served:
 *
 * - "handshake": the TLS handshake, client certificates included, and nothing else
 * - "lines": after it the lines of a session, as they are, whatever the client says to them
 */
import { join } from "node:path";
import { readAuthorities } from "../../src/certificates/authorities.ts";
import { readIdentity } from "../../src/certificates/identity.ts";
import { serverTls } from "../../src/tls/options.ts";
import { REQUESTS } from "../../src/wire/message.ts";

const LINES = [
  "HELLO\n",
  `WORK ${"t".repeat(64)} 0\n`,
  ...REQUESTS.map((request) => `${request} ${"a".repeat(16)}\n`),
  "DONE\n",
];

const [folder = ".", serves] = process.argv.slice(2);
const lines = serves === "lines" ? LINES : [];
const identity = readIdentity(
  join(folder, "server-cert.pem"),
  join(folder, "server-key.pem"),
  "server",
);
const { authorities } = readAuthorities(join(folder, "ca-cert.pem"));

const listener = Bun.listen<{ said: number }>({
  hostname: "127.0.0.1",
  port: 0,
  data: { said: 0 },
  tls: serverTls(identity, { authorities }),
  socket: {
    open(socket) {
      socket.data = { said: 0 };
    },
    handshake: sayNext,
    data: sayNext,
  },
});
process.stdout.write(`listening on 127.0.0.1:${listener.port}\n`);

function sayNext(socket: Bun.Socket<{ said: number }>): void {
  const line = lines[socket.data.said];
  socket.data.said += 1;
  if (line === undefined) {
    socket.end();
  } else {
    socket.write(line);
  }
}
