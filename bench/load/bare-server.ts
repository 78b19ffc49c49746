/**
 * Servers without tlslp but with its TLS settings: the difference to them is the cost of tlslp
 * itself. The first argument is the certificates folder, the second says what to serve:
 *
 * - "handshake": only the TLS handshake, client certificates included
 * - "lines": after the handshake the lines of a session, whatever the client answers
 */
import { join } from "node:path";
import { readAuthorities, readIdentity } from "../../src/certificates/identity.ts";
import { serverTls } from "../../src/tls/options.ts";
import { REQUESTS } from "../../src/wire/message.ts";

const LINES = [
  "HELLO\n",
  `WORK ${"t".repeat(64)} 0\n`,
  ...REQUESTS.map((request) => `${request} ${"a".repeat(16)}\n`),
  "DONE\n",
];

interface State {
  linesSent: number;
}

const [folder = ".", served] = process.argv.slice(2);
const lines = served === "lines" ? LINES : [];
const identity = readIdentity(join(folder, "server-cert.pem"), join(folder, "server-key.pem"));
const authorities = readAuthorities(join(folder, "ca-cert.pem"));

const listener = Bun.listen<State>({
  hostname: "127.0.0.1",
  port: 0,
  data: { linesSent: 0 },
  tls: serverTls(identity, { authorities }),
  socket: {
    open(socket) {
      socket.data = { linesSent: 0 };
    },
    handshake: sendNextLine,
    data: sendNextLine,
  },
});
process.stdout.write(`listening on 127.0.0.1:${listener.port}\n`);

function sendNextLine(socket: Bun.Socket<State>): void {
  const line = lines[socket.data.linesSent];
  socket.data.linesSent += 1;
  if (line === undefined) {
    socket.end();
  } else {
    socket.write(line);
  }
}
