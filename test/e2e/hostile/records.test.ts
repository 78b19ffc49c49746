/**
 * TLS records that no library sends, to both of our programs, and unusual records that both must
 * accept.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { prepareClient } from "../../support/attacked-client.ts";
import { startAttackedServer } from "../../support/attacked-server.ts";
import { writeCredential } from "../../support/certificates.ts";
import { makeFolder, type Program, REPOSITORY, start } from "../../support/processes.ts";

setDefaultTimeout(120_000);

/** The reason that our programs give for each attack. */
const ATTACKS = {
  "empty records": "an unknown TLS error: too many empty fragments",
  "padding alone": "an unknown TLS error: too many empty fragments",
  "key updates": "an unknown TLS error: too many key updates",
  "key updates that ask for key updates": "an unknown TLS error: too many key updates",
  "a malformed key update":
    "the peer sent a TLS message, or a certificate in it, that is malformed",
  warnings: "an unknown TLS error: too many warning alerts",
  "a fatal alert": "the peer says that it failed by itself",
  "half an alert": "an unknown TLS error: bad alert",
  "a record that is said to be too long": "an unknown TLS error: encrypted length too long",
  "a record that holds too much": "an unknown TLS error: data length too long",
  "a record with a wrong seal": "an unknown TLS error: decryption failed or bad record mac",
  "a record that came before": "an unknown TLS error: decryption failed or bad record mac",
  "a record that is not long enough for a seal": "an unknown TLS error: bad packet length",
  "clear text": "the peer does not speak TLS",
  "a record in clear": "an unknown TLS error: bad packet length",
  "a record of an unknown type": "an unknown TLS error: unexpected record",
  "a record of no type": "an unknown TLS error: decryption failed or bad record mac",
  "a change of ciphers": "an unknown TLS error: bad packet length",
  "a second ClientHello": "the peer sent a TLS message out of turn",
  "a second Finished": "the peer sent a TLS message out of turn",
  "a handshake message without end":
    "the peer sent a TLS message that is too large; a very long certificate chain can cause this",
  "half a record": "the peer closed the connection",
  "an end without notice": "the peer closed the connection",
  "an end without notice in the middle of a line": "the peer closed the connection",
  "data after its notice of closing": "the peer closed the connection",
};

const UNUSUAL_WAYS = [
  "ordinary records", // so it is a session with Node's own TLS
  ...["a record for each byte", "a segment for each byte", "padding after each line"],
  ...["empty records between the bytes", "a new key for each line"],
  "a new key of both for each line",
];

const server = await startAttackedServer(["--bits", "0", "--other-timeout", "20"]);
const client = await prepareClient();
const folder = makeFolder();
const peers = {
  client: startPeer("client", [`${server.port}`]),
  server: startPeer("server", []),
};
afterAll(async () => {
  await peers.client[Symbol.asyncDispose]();
  await peers.server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  client[Symbol.dispose]();
  folder[Symbol.dispose]();
});

describe("our server at a client that sends", () => {
  for (const [attack, reason] of Object.entries(ATTACKS)) {
    test(`${attack} closes the connection, and serves the next client`, async () => {
      const { address, lines } = await playClient(attack);

      expect(lines.map((line) => line.split(" ")[0])).toEqual(["HELLO", "WORK"]);
      const verdict = await server.verdictOn(address);
      expect(verdict.outcome).toBe("transport");
      expect(withoutEnds(verdict.reason)).toBe(reason);
      await server.serveGoodClient();
      await server.settle();
    });
  }

  for (const way of UNUSUAL_WAYS) {
    test(`${way} serves the client`, async () => {
      const { address, lines } = await playClient(way);

      expect(lines.at(-1)).toBe("DONE");
      expect((await server.verdictOn(address)).outcome).toBe("ok");
    });
  }
});

test("our server refuses a client that sends an answer before HELLO", async () => {
  const { address, lines } = await playClient("an answer before HELLO");

  const reason = "bytes were sent ahead of HELLO; answer one line at a time";
  expect(lines).toEqual([`FAIL ${reason}`]);
  expect(await server.verdictOn(address)).toEqual({ outcome: "protocol", reason });
  await server.serveGoodClient();
  await server.settle();
});

describe("our client at a server that sends", () => {
  for (const [attack, reason] of Object.entries(ATTACKS)) {
    test.concurrent(`${attack} exits with 3`, async () => {
      const { code, json } = await client.runAt(await listenWith(attack));

      expect(json).toMatchObject({ outcome: "transport", exit_code: 3, bits: null, answered: 0 });
      expect(withoutEnds(`${json.reason}`)).toBe(reason);
      expect(code).toBe(3);
    });
  }

  for (const way of UNUSUAL_WAYS) {
    test.concurrent(`${way} answers the server`, async () => {
      const { code, json } = await client.runAt(await listenWith(way));

      expect(json).toMatchObject({ outcome: "ok", answered: 1, reason: null });
      expect(code).toBe(0);
    });
  }
});

interface PeerEnd {
  readonly address: string;
  readonly lines: readonly string[];
}

async function playClient(name: string): Promise<PeerEnd> {
  peers.client.write(`${name}\n`);
  const [line] = await peers.client.stdout.find(event("end", name));
  return JSON.parse(line);
}

async function listenWith(name: string): Promise<number> {
  peers.server.write(`${name}\n`);
  const [line] = await peers.server.stdout.find(event("listening", name));
  return JSON.parse(line).port;
}

function event(kind: string, name: string): RegExp {
  return new RegExp(`^\\{"event":"${kind}","name":"${name}",.*$`);
}

/** Runs with Node, because Bun's TLS does not reveal its keys. */
function startPeer(role: "client" | "server", args: readonly string[]): Program {
  const { authority, [role]: credential } =
    role === "client" ? server.credentials : client.credentials;
  const { cert, key } = writeCredential(folder.path, role, credential);
  const { cert: ca } = writeCredential(folder.path, `${role}-ca`, authority);
  const script = join(REPOSITORY, "test/peers/records.mjs");
  return start(["node", script, role, cert, key, ca, ...args]);
}

/** An unknown error names the addresses of both ends, which are others each time. */
function withoutEnds(reason: string): string {
  return reason.replace(/ between us at \S+ and the peer at [^ ]+(?=:)/, "");
}
